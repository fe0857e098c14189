/** As `Promise.all`, but once all have ended, also where one fails: Lambda freezes what goes on after the answer. */
export async function finishAll<const All extends readonly unknown[]>(promises: All) {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
