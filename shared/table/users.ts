import { Busy } from "../domain/failures.ts";
import { type Agreed, displayName, type Identity, nothingAccepted } from "../domain/people.ts";
import type { Context, Operation } from "../operation.ts";
import { commit, commitUnchanged, type Write } from "./commit.ts";
import { differing } from "./differing.ts";
import { userEvent } from "./events.ts";
import { setOrRemove } from "./expressions.ts";
import { get } from "./read.ts";
import { changedMeanwhile, decideAnew } from "./retry.ts";
import { key } from "./schema.ts";
import { membershipsAfter, showWrites } from "./shown.ts";

/** What people say of themselves; absent where they have not. */
export interface UserProfile {
  readonly name?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly phone?: string;
  readonly timeZoneId?: string;
  readonly compliance?: Agreed;
}

/** A user as stored. Times are milliseconds since the epoch. */
export interface UserItem extends UserProfile {
  readonly id: string;
  readonly email?: string;
  /** The comparable form of the email that this user holds the claim of. */
  readonly claimedEmail?: string;
  /** How the user is called: the name, else first and last name; absent where none is known. */
  readonly displayName?: string;
  readonly identities: readonly Identity[];
  readonly currentBusinessId?: string;
  /** Raised by every change of the user's memberships. */
  readonly membershipsVersion: number;
  /** Raised by every change of the profile. */
  readonly version: number;
  readonly createdAt: number;
  readonly modifiedAt?: number;
  /** Absent while nobody has signed in as this user. */
  readonly signedInAt?: number;
  /** The user who took this one over, memberships included. */
  readonly takenOverBy?: string;
  /** The users whom this one took over, as long as memberships of theirs may still be to be moved: see `settle`. */
  readonly takingOver?: readonly string[] | undefined;
}

/** The caller's own user, whom the entry has found or created before. */
export const ownUser = {
  name: "ownUser",
  needs: [{ actions: ["dynamodb:GetItem"], partitions: ["USER"] }],
  async run(context: Context, userId: string): Promise<UserItem> {
    const user = await get<UserItem>(context, key.user(userId));
    if (!user) throw new Error("the caller's user is gone");
    return user;
  },
} satisfies Operation;

/** What a profile becomes: the members given, where undefined removes one. Compliance is changed member by member. */
export type UserChanges = { readonly [Member in keyof UserProfile]?: UserProfile[Member] | undefined };

/**
 * Changes a user's profile, and how every business shows it, and answers what is stored then. What is so already is no
 * change.
 */
export const updateUser = {
  name: "updateUser",
  needs: [
    {
      actions: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem", "dynamodb:PutItem"],
      partitions: ["USER"],
    },
    { actions: ["dynamodb:UpdateItem"], partitions: ["EMAIL", "BUSINESS"] },
  ],
  fails: [Busy],
  async run(context: Context, userId: string, wanted: UserChanges): Promise<UserItem> {
    return decideAnew(context, async () => {
      const user = await ownUser.run(context, userId);
      const { membershipsVersion, compliance = {} } = user;
      const agreed = differing(wanted.compliance ?? {}, compliance, nothingAccepted);
      const set = differing({ ...wanted, compliance: { ...compliance, ...agreed } }, { ...user, compliance });
      const fields = Object.keys(set);
      const name = displayName({ ...user, ...set }) ?? undefined;
      const isRenamed = name !== user.displayName;
      if (fields.length === 0 && !isRenamed) {
        await commitUnchanged(context, [], { userId });
        return user;
      }
      const memberships = isRenamed ? await membershipsAfter(context, user) : [];
      const [now, later] = showWrites(userId, memberships, { ...user, displayName: name });
      const stored = { ...set, displayName: name, modifiedAt: context.now, version: user.version + 1 };
      for (const writes of later) await commit(context, writes);
      await commit(
        context,
        [
          {
            update: key.user(userId),
            ...setOrRemove(stored),
            when: { version: user.version, ...(isRenamed && { membershipsVersion }) },
            orElse: changedMeanwhile,
          },
          userEvent(context, userId, {
            type: "user.updated",
            actorUserId: userId,
            subjectId: userId,
            fields,
          }),
          ...(isRenamed && user.claimedEmail ? [renameClaim(user.claimedEmail, userId, name)] : []),
          ...now,
        ],
        { userId },
      );
      return { ...user, ...stored } as UserItem;
    });
  },
} satisfies Operation;

export function renameClaim(emailKey: string, userId: string, displayName: string | undefined): Write {
  return {
    update: key.email(emailKey),
    ...setOrRemove({ displayName }),
    when: { userId },
    orElse: changedMeanwhile,
  };
}
