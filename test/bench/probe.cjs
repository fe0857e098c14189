/** Required before Lambda's runtime: at the end, writes what the process has cost and loaded to its fourth stream. */
"use strict";
process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  const report = { cpuMs: (user + system) / 1_000, modules: process.moduleLoadList };
  require("node:fs").writeSync(3, JSON.stringify(report));
});
