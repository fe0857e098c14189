/** Billing periods: they start where the subscription did, and months end where the calendar's do. */

/** The end of the first period that ends after `time`; both in seconds. */
export function periodEnd(anchor: number, interval: string, time: number): number {
  const start = new Date(anchor * 1000);
  const months = interval === "year" ? 12 : 1;
  const late = new Date(time * 1000);
  const passed =
    (late.getUTCFullYear() - start.getUTCFullYear()) * 12 + late.getUTCMonth() - start.getUTCMonth();
  for (let number = Math.max(1, Math.floor(passed / months)); ; number += 1) {
    const end = addMonths(start, number * months);
    if (end > time) return end;
  }
}

/** The same day of a later month, or its last one. */
function addMonths(start: Date, months: number): number {
  const end = new Date(start);
  end.setUTCMonth(start.getUTCMonth() + months);
  if (end.getUTCDate() !== start.getUTCDate()) end.setUTCDate(0);
  return end.getTime() / 1000;
}
