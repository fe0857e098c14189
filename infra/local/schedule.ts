/** When an EventBridge schedule fires next: `rate(5 minutes)`, `cron(0 8 ? * MON-FRI *)`; all of it in UTC. */

const UNITS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const DAY_MS = 86_400_000;
const MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ");
const DAYS = "SUN MON TUE WED THU FRI SAT".split(" ");
/** How far ahead a cron expression is searched: leap days come every eight years at the most. */
const HORIZON_DAYS = 9 * 366;

/** Answers the first tick after a time; undefined where none is left. */
export function readSchedule(expression: string): (after: number) => number | undefined {
  const [, count, unit = ""] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  // Rates tick at whole multiples, so that a restart changes nothing.
  const interval = Number(count) * (UNITS[unit] ?? Number.NaN);
  if (interval > 0) return (after) => (Math.floor(after / interval) + 1) * interval;
  const [, fields] = /^cron\((.+)\)$/.exec(expression) ?? [];
  if (!fields) throw new Error(`The local run doesn't know the schedule ${expression}.`);
  return readCron(expression, fields.split(" "));
}

function readCron(expression: string, fields: string[]): (after: number) => number | undefined {
  const [minutes, hours, daysOfMonth, months, daysOfWeek, years] = [
    field(expression, fields[0], 0, 59),
    field(expression, fields[1], 0, 23),
    field(expression, fields[2], 1, 31),
    field(expression, fields[3], 1, 12, MONTHS),
    field(expression, fields[4], 1, 7, DAYS),
    field(expression, fields[5], 1970, 2199),
  ];
  const isDue = (day: Date) =>
    daysOfMonth.has(day.getUTCDate()) &&
    months.has(day.getUTCMonth() + 1) &&
    daysOfWeek.has(day.getUTCDay() + 1) &&
    years.has(day.getUTCFullYear());
  const times = [...hours].flatMap((hour) => [...minutes].map((minute) => (hour * 60 + minute) * 60_000));
  times.sort((a, b) => a - b);
  return (after) => {
    const today = Math.floor(after / DAY_MS) * DAY_MS;
    for (let day = today; day < today + HORIZON_DAYS * DAY_MS; day += DAY_MS) {
      if (!isDue(new Date(day))) continue;
      const time = times.find((time) => day + time > after);
      if (time !== undefined) return day + time;
    }
    return undefined;
  };
}

/** The values that a field allows: `*`, `?`, lists, ranges and steps of numbers or names. */
function field(
  expression: string,
  text: string | undefined,
  first: number,
  last: number,
  names: string[] = [],
) {
  const numbers = new Set<number>();
  const number = (part: string) => {
    const named = names.indexOf(part.toUpperCase());
    return named < 0 ? Number(/^\d+$/.test(part) ? part : Number.NaN) : named + first;
  };
  for (const part of (text ?? "missing").split(",")) {
    const [range = "", step] = part.split("/");
    const isAny = range === "*" || range === "?";
    const [from = "", to] = range.split("-");
    const start = isAny ? first : number(from);
    const end = isAny || (step && !to) ? last : number(to ?? from);
    const by = Number(step ?? 1);
    if (!(start >= first && end <= last && start <= end && by > 0))
      throw new Error(`The local run doesn't know "${text ?? ""}" in the schedule ${expression}.`);
    for (let value = start; value <= end; value += by) numbers.add(value);
  }
  return numbers;
}
