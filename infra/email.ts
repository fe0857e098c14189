import { Stack } from "aws-cdk-lib";
import { EventBus } from "aws-cdk-lib/aws-events";
import {
  ConfigurationSet,
  ConfigurationSetTlsPolicy,
  EmailSendingEvent,
  EventDestination,
} from "aws-cdk-lib/aws-ses";
import { Construct } from "constructs";
import type { Destination } from "./policy.ts";

export interface EmailProps {
  /** `Acme <no-reply@acme.example>`, or the address alone. */
  readonly sender: string;
  readonly acceptUrl: string;
}

/**
 * How invitations are sent: by SES, over TLS only (they carry secrets), and with what becomes of each mail reported
 * to the account's default event bus, the only one that SES can reach.
 */
export class Email extends Construct implements Destination {
  readonly arns: string[];
  readonly conditions: Record<string, Record<string, string>>;
  readonly environment: Record<string, string>;

  constructor(scope: Construct, id: string, { sender, acceptUrl }: EmailProps) {
    super(scope, id);
    const { configurationSetName } = this.createConfigurationSet();
    const [, name, address = ""] = /^(?:(.*) <)?([^<>]+)>?$/.exec(sender) ?? [];
    const arn = (resource: string, resourceName: string) =>
      Stack.of(this).formatArn({ service: "ses", resource, resourceName });
    // Which identity SES judges by depends on what was verified: the address, its domain or one above; and in the
    // sandbox, the recipient's too. What may be sent is bound by the address that it is from.
    this.arns = [arn("identity", "*"), arn("configuration-set", configurationSetName)];
    this.conditions = { StringEquals: { "ses:FromAddress": address } };
    this.environment = {
      EMAIL_SENDER: name ? `${displayName(name)} <${address}>` : address,
      EMAIL_CONFIGURATION_SET: configurationSetName,
      ACCEPT_URL: acceptUrl,
    };
  }

  private createConfigurationSet(): ConfigurationSet {
    const set = new ConfigurationSet(this, "ConfigurationSet", {
      tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
      reputationMetrics: true,
    });
    set.addEventDestination("Events", {
      destination: EventDestination.eventBus(EventBus.fromEventBusName(this, "DefaultBus", "default")),
      events: [
        EmailSendingEvent.REJECT,
        EmailSendingEvent.BOUNCE,
        EmailSendingEvent.COMPLAINT,
        EmailSendingEvent.DELIVERY,
      ],
    });
    return set;
  }
}

/** A sender's name as a header may hold it: bare, quoted, or, with other than ASCII in it, encoded (RFC 2047). */
function displayName(name: string): string {
  if (/^[\w !#$%&'*+/=?^`{|}~-]+$/.test(name)) return name;
  if (/^[ -~]+$/.test(name)) return `"${name.replace(/["\\]/g, "\\$&")}"`;
  return `=?UTF-8?B?${Buffer.from(name).toString("base64")}?=`;
}
