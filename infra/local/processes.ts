/** Tells processes apart by pid *and* start time, since a system gives the pid of a dead one to a stranger. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** When the living process `pid` was started, in the words of this system; undefined where none lives. */
export function startTime(pid: number): string | undefined {
  try {
    if (process.platform === "linux") return linuxStartTime(pid);
    const [command, ...args] =
      process.platform === "win32"
        ? ["powershell", "-NoProfile", "-Command", `(Get-Process -Id ${pid}).StartTime.Ticks`]
        : ["ps", "-o", "lstart=", "-p", String(pid)];
    const output = execFileSync(command as string, args, { stdio: ["ignore", "pipe", "ignore"] });
    return output.toString().trim() || undefined;
  } catch {
    return undefined;
  }
}

/**
 * From /proc: state is the 3rd field, start in clock ticks after boot the 22nd; the 2nd may hold blanks. Whose main
 * thread has ended (Z) still holds its ports until the others have.
 */
function linuxStartTime(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  const hasEnded = fields[0] === "Z" && readdirSync(`/proc/${pid}/task`).length === 1;
  return hasEnded ? undefined : `${boot} ${fields[19]}`;
}

/** Kills `pid` if it is still the process that was started at `started`, and waits until it is gone. */
export async function end(pid: number, started: string): Promise<boolean> {
  if (startTime(pid) !== started) return false;
  process.kill(pid, "SIGKILL");
  while (startTime(pid) === started) await new Promise((done) => setTimeout(done, 5));
  return true;
}
