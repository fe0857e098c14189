import type { EventType } from "../domain/events.ts";
import type { Agreed, Approval } from "../domain/people.ts";
import type { Context, Operation } from "../operation.ts";
import { commit, commitUnchanged, type Write } from "./commit.ts";
import { userEvent } from "./events.ts";
import { get } from "./read.ts";
import { changedMeanwhile, decideAnew } from "./retry.ts";
import { key } from "./schema.ts";
import { ownUser, type UserItem } from "./users.ts";

const needs = [
  { actions: ["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:PutItem"], partitions: ["USER"] },
] as const satisfies Operation["needs"];

/**
 * Notes that a person approves a version of the legal terms, and answers the person then. Each version has a record of
 * its own, which stays as the first approval has made it; the profile shows the newest.
 */
export const approveTerms = {
  name: "approveTerms",
  needs,
  async run(context: Context, userId: string, version: string, acceptedAt: string): Promise<UserItem> {
    const at = key.userTerms(userId, version);
    return decideAnew(context, async () => {
      const [user, record] = await Promise.all([ownUser.run(context, userId), get<Approval>(context, at)]);
      const { acceptedTerms, legalTerms: shown } = user.compliance ?? {};
      if (record && acceptedTerms && shown?.version === version) return unchanged(context, user);
      const { acceptedAt: first } = record ?? (shown?.version === version ? shown : { acceptedAt });
      const legalTerms: Approval = { version, acceptedAt: first, acceptedByUserId: userId };
      const kept: Write[] = record
        ? []
        : [{ put: at, item: legalTerms, when: "missing", orElse: changedMeanwhile }];
      return agree(context, user, { acceptedTerms: true, legalTerms }, "user.terms_approved", kept);
    });
  },
} satisfies Operation;

/** Notes that a person has completed the onboarding, the first time, and answers the person then. */
export const completeOnboarding = {
  name: "completeOnboarding",
  needs,
  async run(context: Context, userId: string, onboardingCompletedAt: string): Promise<UserItem> {
    return decideAnew(context, async () => {
      const user = await ownUser.run(context, userId);
      if (user.compliance?.onboardingCompletedAt) return unchanged(context, user);
      return agree(context, user, { onboardingCompletedAt }, "user.onboarding_completed");
    });
  },
} satisfies Operation;

async function unchanged(context: Context, user: UserItem): Promise<UserItem> {
  await commitUnchanged(context, [], { userId: user.id });
  return user;
}

/** Commits what a person agrees to, beside what they have agreed to before. */
async function agree(
  context: Context,
  { id: userId, version, ...user }: UserItem,
  agreed: Agreed,
  type: EventType,
  besides: readonly Write[] = [],
): Promise<UserItem> {
  const compliance = { ...user.compliance, ...agreed };
  const set = { compliance, modifiedAt: context.now, version: version + 1 };
  const happened = userEvent(context, userId, { type, actorUserId: userId, subjectId: userId });
  const update: Write = { update: key.user(userId), set, when: { version }, orElse: changedMeanwhile };
  await commit(context, [update, ...besides, happened], { userId });
  return { ...user, id: userId, ...set };
}
