import { GetCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, test, vi } from "vitest";
import { endpoints } from "../../functions/index.ts";
import type { Table } from "../../shared/operation.ts";
import { memberId } from "../../shared/table/ids.ts";
import { bodyOf, parametersOf, unknown } from "../api/registry.ts";
import { callOn } from "../table/in-process.ts";
import { invite } from "./invitation-provokers.ts";
import { agent, ask, boss, nowhere, outsider, world } from "./world.ts";

vi.spyOn(console, "log").mockImplementation(() => {});

describe("another tenant's business and an unknown one take the same calls to the table", () => {
  const ofMembers = Object.entries(endpoints).filter(
    ([, { specification }]) => specification.caller.kind === "member",
  );

  test.each(ofMembers.map(([key]) => key))("%s", async (key) => {
    const { table } = await world();
    await callOn(table, "businesses/create-business", outsider, { body: { name: "Elsewhere" } });
    const theirs = [...table.items.values()].find(({ name }) => name === "Elsewhere")?.id as string;
    const sequences = [];
    for (const businessId of [theirs, nowhere]) {
      const calls: string[] = [];
      const send = (command: object) => {
        const { Key } = command instanceof GetCommand ? command.input : {};
        calls.push(
          `${command.constructor.name} ${String(Key?.pk).split("#")[0]} ${String(Key?.sk).split("#")[0]}`,
        );
        return table.client.send(command as never);
      };
      const recorded: Table = { name: "recorded", client: { send } as never };
      const body = bodyOf(key, businessId);
      await ask(recorded, key, boss, { headers: { "x-business-id": businessId }, body });
      sequences.push(calls);
    }
    expect(sequences[0]).toEqual(sequences[1]);
    expect(sequences.flat()).not.toContain(TransactWriteCommand.name);
  });
});

describe("what is another tenant's and what is unknown take the same calls, and get the same answer", () => {
  const notFound: Readonly<Record<string, string>> = {
    userId: "member_not_found",
    invitationId: "invitation_not_found",
    user_access_id: "user_access_not_found",
    user_code: "company_user_not_found",
    "user-access/list-user-accesses user_id": "user_not_found",
    "user-access/update-user-access user_id": "member_not_found",
    "user-access/remove-user-access user_id": "user_access_not_found",
  };
  // A token says by itself which business and invitation it is of: whoever has it was sent it.
  // An access is nobody's, and anybody who has signed in can be given one by their id.
  const apart = ["token", "id", "user-access/create-user-access user_id"];
  const ids = Object.keys(endpoints).flatMap((key) =>
    parametersOf(key).flatMap((name) =>
      apart.some((one) => one === name || one === `${key} ${name}`) ? [] : [[key, name] as const],
    ),
  );

  test.each(ids)("%s by %s", async (key, name) => {
    const { table, ids } = await world();
    const elsewhere = { body: { name: "Elsewhere" } };
    await callOn(table, "businesses/create-business", outsider, elsewhere);
    const body = { email: "anna@example.com" };
    const invited = await callOn(table, "invitations/invite-member", outsider, { body });
    const outsiderId = ids.outsider ?? "";
    const elsewhereId = [...table.items.values()].find(({ name }) => name === "Elsewhere")?.id as string;
    const theirs = {
      userId: outsiderId,
      user_id: outsiderId,
      user_access_id: memberId(elsewhereId, outsiderId),
      user_code: outsiderId,
      invitationId: invited.body.id,
    };
    const nobodys = { ...unknown, user_code: unknown.userId ?? "" };
    const found = [];
    for (const params of [theirs, nobodys]) {
      const calls: string[] = [];
      const send = async (command: object) => {
        const { Key } = command instanceof GetCommand ? command.input : {};
        calls.push(
          `${command.constructor.name} ${String(Key?.pk).split("#")[0]} ${String(Key?.sk).split("#")[0]}`,
        );
        // What belongs to the business is answered last: no refusal may depend on who answers first.
        if (["MEMBER", "INVITATION"].includes(String(Key?.sk).split("#")[0] ?? ""))
          for (let turns = 0; turns < 50; turns += 1) await undefined;
        return table.client.send(command as never);
      };
      const recorded: Table = { name: "recorded", client: { send } as never };
      const { status, body } = await ask(recorded, key, boss, {
        params,
        body: bodyOf(key, ids.business),
      });
      found.push({ calls, status, code: body.code });
    }
    expect(found[0]).toEqual(found[1]);
    expect([found[0]?.status, found[0]?.code]).toEqual([404, notFound[`${key} ${name}`] ?? notFound[name]]);
  });

  test.each(["accept-invitation", "decline-invitation"])("%s by ids, if it isn't yours", async (name) => {
    const from = await world();
    const { params } = await invite(from);
    const answers = [params.invitationId, unknown.invitationId].map(async (invitationId) => {
      const body = { businessId: from.ids.business, invitationId };
      return ask(from.table, `invitations/${name}`, agent, { body });
    });
    const [one, other] = await Promise.all(answers);
    expect([one?.status, one?.body.code]).toEqual([404, "invitation_not_found"]);
    expect({ ...one?.body, ...ofRequest }).toEqual({ ...other?.body, ...ofRequest });
  });
});

const ofRequest = { requestId: "", instance: "" };

describe("an edited, a shortened and an unknown token get one and the same answer as no token at all", () => {
  const bodies = ["accept-invitation", "decline-invitation"].map((name) => `invitations/${name}`);

  test.each(["invitations/get-invitation-by-token", ...bodies])("%s", async (key) => {
    const from = await world();
    const { answer } = await invite(from);
    const { token } = answer;
    const last = token.endsWith("A") ? "B" : "A";
    const bad = [
      token.slice(0, -1) + last,
      token.slice(0, -4),
      `${token}AAAA`,
      unknown.token ?? "",
      "x",
      "%",
    ];
    const answers = await Promise.all(
      bad.map((token) =>
        ask(from.table, key, outsider, { params: { token }, body: bodyOf(key) && { token } }),
      ),
    );
    for (const { status, body } of answers) {
      expect(status).toBe(404);
      expect({ ...body, ...ofRequest }).toEqual({ ...answers[0]?.body, ...ofRequest });
    }
    expect(answers[0]?.body.code).toBe("invitation_not_found");
  });
});
