import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { jobs } from "../../functions/index.ts";
import { assembly } from "../build.ts";

const template = JSON.parse(readFileSync(join(assembly, "Tenantry.template.json"), "utf8"));
const alarms = Object.values<any>(template.Resources).filter(({ Type }) => Type === "AWS::CloudWatch::Alarm");

const reports = [
  "BrokenLedger",
  "DriftingLedger",
  "MiscountedLedger",
  "OldestIntentSeconds",
  "ParkedLedger",
  "Poisoned",
];

test("alarms watch the API's 5xx answers, every job's errors and reports, and every failure queue", () => {
  const metrics = alarms.map(({ Properties }) => Properties.MetricName).sort();
  const queues = Object.values(jobs).filter(
    ({ specification }) => "stream" in specification || "events" in specification,
  );
  expect(metrics).toEqual(
    [
      "5xx",
      ...reports,
      ...Object.keys(jobs).map(() => "Errors"),
      ...queues.map(() => "ApproximateNumberOfMessagesVisible"),
    ].sort(),
  );
  for (const { Properties } of alarms) expect(Properties.AlarmDescription).toMatch(/\.$/);
});

test("an intent that is open for more than five minutes, a parked ledger and a poisoned invitation are alarms", () => {
  const filters = Object.values<any>(template.Resources).filter(
    ({ Type }) => Type === "AWS::Logs::MetricFilter",
  );
  const patterns = filters.map(({ Properties }) => Properties.FilterPattern);
  expect(patterns).toEqual(
    expect.arrayContaining([
      "{ $.oldestIntentSeconds > 300 }",
      '{ $.parkedLedger = "*" }',
      '{ $.poisoned = "*" }',
    ]),
  );
});
