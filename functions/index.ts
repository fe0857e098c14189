/**
 * The registry: one line per endpoint and job, keyed by the path of its file. Infra, the OpenAPI document and the
 * tests that hold for every endpoint are made from it; functions never import it.
 */
import type { AnyEndpoint } from "../shared/endpoint/endpoint.ts";
import type { AnyJob } from "../shared/endpoint/job.ts";
import { createMyBusiness } from "./businesses/create-business.ts";
import { getBusiness } from "./businesses/get-business.ts";
import { listBusinessOptions } from "./businesses/list-business-options.ts";
import { listBusinessEvents } from "./businesses/list-events.ts";
import { switchToBusiness } from "./businesses/switch-business.ts";
import { updateMyBusiness } from "./businesses/update-business.ts";
import { addCompanyUser } from "./company-users/add-user.ts";
import { getCompanyUser } from "./company-users/get-user.ts";
import { getOpenApi } from "./get-openapi.ts";
import { health } from "./health.ts";
import { acceptBusinessInvitation } from "./invitations/accept-invitation.ts";
import { declineBusinessInvitation } from "./invitations/decline-invitation.ts";
import { getInvitation } from "./invitations/get-invitation.ts";
import { getInvitationByToken } from "./invitations/get-invitation-by-token.ts";
import { inviteMember } from "./invitations/invite-member.ts";
import { inviteMembers } from "./invitations/invite-members.ts";
import { listBusinessInvitations } from "./invitations/list-invitations.ts";
import { listOwnInvitations } from "./invitations/list-own-invitations.ts";
import { resendBusinessInvitation } from "./invitations/resend-invitation.ts";
import { revokeBusinessInvitation } from "./invitations/revoke-invitation.ts";
import { applyDueLicenses } from "./jobs/apply-licenses.ts";
import { expireStaleInvitations } from "./jobs/expire-invitations.ts";
import { publishAuditEvents } from "./jobs/publish-events.ts";
import { reconcileLicenses } from "./jobs/reconcile-licenses.ts";
import { recordDelivery } from "./jobs/record-delivery.ts";
import { beginSubscription } from "./licenses/begin-subscription.ts";
import { endMySubscription } from "./licenses/end-subscription.ts";
import { getLicenses } from "./licenses/get-licenses.ts";
import { limitLicenses } from "./licenses/limit-licenses.ts";
import { listPlans } from "./licenses/list-plans.ts";
import { openBillingPortal } from "./licenses/open-billing-portal.ts";
import { previewMoreLicenses } from "./licenses/preview-licenses.ts";
import { takeStripeEvent } from "./licenses/take-stripe-event.ts";
import { addBusinessMember } from "./members/add-member.ts";
import { getMember } from "./members/get-member.ts";
import { listBusinessMembers } from "./members/list-members.ts";
import { removeBusinessMember } from "./members/remove-member.ts";
import { transferBusinessOwnership } from "./members/transfer-ownership.ts";
import { updateMember } from "./members/update-member.ts";
import { notFound } from "./not-found.ts";
import { createUserAccess } from "./user-access/create-user-access.ts";
import { getAccess } from "./user-access/get-access.ts";
import { listAccesses } from "./user-access/list-accesses.ts";
import { listUserAccesses } from "./user-access/list-user-accesses.ts";
import { removeUserAccess } from "./user-access/remove-user-access.ts";
import { updateUserAccess } from "./user-access/update-user-access.ts";
import { approveLegalTerms } from "./users/approve-legal-terms.ts";
import { completeMyOnboarding } from "./users/complete-onboarding.ts";
import { findUsers } from "./users/find-users.ts";
import { getLegalTerms } from "./users/get-legal-terms.ts";
import { getMe } from "./users/get-me.ts";
import { updateMe } from "./users/update-me.ts";

export const endpoints: Readonly<Record<string, AnyEndpoint>> = {
  "users/get-me": getMe,
  "users/update-me": updateMe,
  "users/find-users": findUsers,
  "users/get-legal-terms": getLegalTerms,
  "users/approve-legal-terms": approveLegalTerms,
  "users/complete-onboarding": completeMyOnboarding,
  "businesses/get-business": getBusiness,
  "businesses/create-business": createMyBusiness,
  "businesses/update-business": updateMyBusiness,
  "businesses/list-business-options": listBusinessOptions,
  "businesses/switch-business": switchToBusiness,
  "businesses/list-events": listBusinessEvents,
  "members/list-members": listBusinessMembers,
  "members/get-member": getMember,
  "members/add-member": addBusinessMember,
  "members/update-member": updateMember,
  "members/remove-member": removeBusinessMember,
  "members/transfer-ownership": transferBusinessOwnership,
  "invitations/invite-member": inviteMember,
  "invitations/invite-members": inviteMembers,
  "invitations/list-invitations": listBusinessInvitations,
  "invitations/get-invitation": getInvitation,
  "invitations/revoke-invitation": revokeBusinessInvitation,
  "invitations/resend-invitation": resendBusinessInvitation,
  "invitations/get-invitation-by-token": getInvitationByToken,
  "invitations/accept-invitation": acceptBusinessInvitation,
  "invitations/decline-invitation": declineBusinessInvitation,
  "invitations/list-own-invitations": listOwnInvitations,
  "licenses/list-plans": listPlans,
  "licenses/get-licenses": getLicenses,
  "licenses/limit-licenses": limitLicenses,
  "licenses/preview-licenses": previewMoreLicenses,
  "licenses/begin-subscription": beginSubscription,
  "licenses/end-subscription": endMySubscription,
  "licenses/open-billing-portal": openBillingPortal,
  "licenses/take-stripe-event": takeStripeEvent,
  "user-access/list-accesses": listAccesses,
  "user-access/get-access": getAccess,
  "user-access/list-user-accesses": listUserAccesses,
  "user-access/create-user-access": createUserAccess,
  "user-access/update-user-access": updateUserAccess,
  "user-access/remove-user-access": removeUserAccess,
  "company-users/add-user": addCompanyUser,
  "company-users/get-user": getCompanyUser,
  "get-openapi": getOpenApi,
  health,
  "not-found": notFound,
};

export const jobs: Readonly<Record<string, AnyJob>> = {
  "jobs/publish-events": publishAuditEvents,
  "jobs/expire-invitations": expireStaleInvitations,
  "jobs/record-delivery": recordDelivery,
  "jobs/apply-licenses": applyDueLicenses,
  "jobs/reconcile-licenses": reconcileLicenses,
};
