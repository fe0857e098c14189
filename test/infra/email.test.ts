import { App, Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { Email } from "../../infra/email.ts";
import { policyFor } from "../../infra/policy.ts";

const acceptUrl = "https://app.acme.example/invitations/{token}";

function emailFrom(sender: string) {
  const stack = new Stack(new App(), "Stack");
  return { stack, email: new Email(stack, "Email", { sender, acceptUrl }) };
}

describe("email", () => {
  test("goes over TLS only, and what becomes of it is told to the default event bus", () => {
    const made = Template.fromStack(emailFrom("no-reply@acme.example").stack);
    made.hasResourceProperties("AWS::SES::ConfigurationSet", {
      DeliveryOptions: { TlsPolicy: "REQUIRE" },
      ReputationOptions: { ReputationMetricsEnabled: true },
    });
    made.hasResourceProperties("AWS::SES::ConfigurationSetEventDestination", {
      EventDestination: {
        Enabled: true,
        MatchingEventTypes: ["reject", "bounce", "complaint", "delivery"],
        EventBridgeDestination: {
          EventBusArn: { "Fn::Join": ["", Match.arrayWith([":event-bus/default"])] },
        },
      },
    });
  });

  test("is sent by its configuration set, from the sender's address and no other", () => {
    const { stack, email } = emailFrom("Acme <no-reply@acme.example>");
    const sending = { name: "send", needs: [{ actions: ["ses:SendEmail"], resource: "email" }] } as const;
    const nothing = { arns: [], environment: {} };
    const destinations = { email, eventBus: nothing, stripeSecret: nothing };
    const [statement, ...others] = policyFor(
      { send: { ...sending, run: async () => {} } },
      "arn:table",
      destinations,
    );
    expect(others).toEqual([]);
    const { Action, Condition, Resource } = stack.resolve(statement?.toStatementJson());
    expect(Action).toBe("ses:SendEmail");
    expect(Condition).toEqual({ StringEquals: { "ses:FromAddress": "no-reply@acme.example" } });
    expect(JSON.stringify(Resource)).toMatch(/identity\/\*.*configuration-set\//);
  });

  test.each([
    ["no-reply@acme.example", "no-reply@acme.example"],
    ["Acme <no-reply@acme.example>", "Acme <no-reply@acme.example>"],
    ['Acme, "Inc." <no-reply@acme.example>', '"Acme, \\"Inc.\\"" <no-reply@acme.example>'],
    ["Käse <no-reply@acme.example>", "=?UTF-8?B?S8Okc2U=?= <no-reply@acme.example>"],
  ])("from %s names its sender as a header may: %s", (sender, written) => {
    expect(emailFrom(sender).email.environment).toMatchObject({
      EMAIL_SENDER: written,
      ACCEPT_URL: acceptUrl,
    });
  });
});
