import { isActivation } from "./ids.ts";

/** What audit events can say happened. */
export type EventType =
  | "business.created"
  | "business.updated"
  | "user.created"
  | "user.updated"
  | "user.terms_approved"
  | "user.onboarding_completed"
  | "user.email_verified"
  | "user.identity_linked"
  | "user.switched_business"
  | "member.added"
  | "member.role_changed"
  | "member.profile_changed"
  | "member.deactivated"
  | "member.removed"
  | "member.left"
  | "member.taken_over"
  | "ownership.transferred"
  | "invitation.created"
  | "invitation.sent"
  | "invitation.send_failed"
  | "invitation.reminded"
  | "invitation.resent"
  | "invitation.accepted"
  | "invitation.declined"
  | "invitation.revoked"
  | "invitation.expired"
  | "invitation.failed"
  | "activation.sent"
  | "activation.send_failed"
  | "activation.expired"
  | "activation.failed"
  | "subscription.begun"
  | "subscription.ended"
  | "licenses.limited";

/** Activation mails are sent, retried and ended as invitations are; the audit trail calls them what they are. */
const ofActivations: { readonly [type in EventType]?: EventType } = {
  "invitation.sent": "activation.sent",
  "invitation.send_failed": "activation.send_failed",
  "invitation.expired": "activation.expired",
  "invitation.failed": "activation.failed",
};

/** What happened to an invitation, by its id, or to what is only sent as one. */
export function eventOf(invitationId: string, type: EventType): EventType {
  return isActivation(invitationId) ? (ofActivations[type] ?? type) : type;
}
