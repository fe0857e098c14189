import { Busy } from "../domain/failures.ts";
import type { Identity } from "../domain/people.ts";
import type { Context, Operation } from "../operation.ts";
import { commit, type Write } from "./commit.ts";
import { setOrRemove } from "./expressions.ts";
import { identityKey, type Unsettled } from "./identities.ts";
import { moveMembership } from "./move-membership.ts";
import { ChangedMeanwhile, changedMeanwhile, decideAnew } from "./retry.ts";
import { key } from "./schema.ts";
import { inactiveMemberships, showWrites, userMemberships } from "./shown.ts";
import { ownUser } from "./users.ts";

/**
 * Does what a sign-in has left to be done: moves every membership of a user nobody had signed in as to the one who
 * proved to own their email, each in a transaction of its own, and shows the user's name and email in all of them.
 * Ended in the middle, the next call goes on where it stopped.
 */
export const settle = {
  name: "settle",
  needs: [
    { actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], partitions: ["USER", "BUSINESS", "IDENTITY"] },
    { actions: ["dynamodb:Query", "dynamodb:ConditionCheckItem"], partitions: ["USER"] },
    { actions: ["dynamodb:PutItem", "dynamodb:DeleteItem"], partitions: ["USER", "BUSINESS"] },
  ],
  fails: [Busy],
  async run(context: Context, identity: Identity & { readonly userId: string }, unsettled: Unsettled) {
    const { userId } = identity;
    for (const from of unsettled.takingOver) {
      const businesses = [
        ...(await userMemberships(context, from)),
        ...(await inactiveMemberships(context, from)),
      ];
      for (const { businessId } of businesses) {
        await moveMembership(context, { from, to: userId }, businessId);
      }
    }
    await decideAnew(context, async () => {
      const [user, memberships] = [
        await ownUser.run(context, userId),
        await userMemberships(context, userId),
      ];
      const [now, later] = showWrites(userId, memberships, user);
      const { version, takingOver } = user;
      const left = takingOver?.filter((id) => !unsettled.takingOver.includes(id));
      const asRead: Write = {
        ...(takingOver
          ? { update: key.user(userId), ...setOrRemove({ takingOver: left?.length ? left : undefined }) }
          : { check: key.user(userId) }),
        when: { version },
        orElse: changedMeanwhile,
      };
      for (const writes of [now, ...later]) await commit(context, [asRead, ...writes]);
    });
    await commit(context, [settled(identity, unsettled)]).catch((error) => {
      if (!(error instanceof ChangedMeanwhile)) throw error; // there is more to settle: the next request does it
    });
  },
} satisfies Operation;

/** The write that forgets the task, where another verified email has not left more of it meanwhile. */
function settled(identity: Identity, { verifiedEmail }: Unsettled): Write {
  return {
    update: identityKey(identity),
    remove: ["unsettled"],
    when: { verifiedEmail },
    orElse: changedMeanwhile,
  };
}
