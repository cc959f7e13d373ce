import { MONTHS } from "../../months.js";
import { momentOf } from "../../time-zone.js";

/** A line of a log, taken apart. */
export interface LogEntry {
  /** Milliseconds since 1970. */
  at: number;
  /** `postfix/smtpd`, `imap-login`, `imap(user)<pid><session>`; without what syslog puts before it. */
  program: string;
  pid: string;
  message: string;
}

/** How the times of a log are to be read that say neither year nor zone. */
export interface StampOptions {
  /** When the log ended: a time without a year is of the last year that does not put it after this. */
  until: Date;
  /** IANA name of the zone of times without one (`Europe/Paris`). Default `UTC`. */
  timeZone?: string;
}

const DAY = 86_400_000;
const BSD = /^([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))? /;
const ISO = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)? /;
const FRAME = /^<\d{1,3}>(1 )?/;

/** Reads the lines of one log: those of syslog (RFC 3164, RFC 5424, ISO), of `journalctl`, and Dovecot's own. */
export function stampReader(options: StampOptions): (line: string) => LogEntry | undefined {
  const zoned = zoneReader(options.timeZone ?? "UTC");
  const until = options.until.getTime() + DAY;
  return (line) => {
    const frame = FRAME.exec(line);
    const text = frame ? line.slice(frame[0].length) : line;
    const read = timeOf(text, zoned, until);
    if (!read) return undefined;
    const entry = frame?.[1] === undefined ? tagged(text.slice(read.length)) : structured(text.slice(read.length));
    return entry && { at: read.at, ...entry };
  };
}

function timeOf(text: string, zoned: Zoned, until: number): { at: number; length: number } | undefined {
  const bsd = BSD.exec(text);
  if (bsd) {
    const [whole, month = "", day, hour, minute, second, fraction] = bsd;
    const at = [MONTHS.indexOf(month), Number(day), Number(hour), Number(minute), Number(second)] as const;
    if (at[0] < 0) return undefined;
    const year = new Date(until).getUTCFullYear();
    const [late, early] = [zoned(year, ...at), zoned(year - 1, ...at)];
    const ms = late <= until ? late : early;
    return Number.isFinite(ms) ? { at: ms + millis(fraction), length: whole.length } : undefined;
  }
  const iso = ISO.exec(text);
  if (!iso) return undefined;
  const [whole, year, month, day, hour, minute, second, fraction, zone] = iso;
  const at = [Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)] as const;
  const ms = zone === undefined ? zoned(...at) : Date.UTC(...at) - offsetOf(zone);
  return Number.isFinite(ms) ? { at: ms + millis(fraction), length: whole.length } : undefined;
}

const millis = (fraction: string | undefined) => Math.floor(Number(`0.${fraction ?? "0"}`) * 1000);

function offsetOf(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  if (sign === undefined) return 0;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

/** `host program[pid]: message`, or Dovecot's own `program: Info: message`; behind syslog Dovecot says `dovecot: program: message`. */
function tagged(text: string): Omit<LogEntry, "at"> | undefined {
  const [, program = "", pid = "", message = ""] =
    /^\S{1,255} ([\w./-]{1,100})(?:\[(\d{1,10})\])?: (.*)$/s.exec(text) ?? [];
  if (program === "dovecot") return dovecot(message);
  if (program !== "" && !/^\S+: /.test(text)) return { program, pid, message };
  return dovecot(text);
}

/** RFC 5424: `host program pid id data message`. */
function structured(text: string): Omit<LogEntry, "at"> | undefined {
  const [, program = "", pid = "", message] =
    /^\S{1,255} (\S{1,100}) (\S{1,20}) \S{1,50} (?:-|(?:\[[^\]]{0,2000}\])+) (?:\ufeff)?(.*)$/s.exec(text) ?? [];
  if (message === undefined) return undefined;
  return program === "dovecot" ? dovecot(message) : { program, pid: pid === "-" ? "" : pid, message };
}

function dovecot(text: string): Omit<LogEntry, "at"> | undefined {
  const [, program, pid = "", message] =
    /^([a-z][a-z-]{1,30}(?:\([^)]{0,320}\))?(?:<(\d{1,10})>)?(?:<[^<>\s]{1,60}>)?): (?:(?:Info|Debug|Warning|Error): )?(.*)$/s.exec(
      text,
    ) ?? [];
  return program === undefined || message === undefined ? undefined : { program, pid, message };
}

type Zoned = (year: number, month: number, day: number, hour: number, minute: number, second: number) => number;

/** Local times of a zone. The hour that a clock is put back no log tells apart. */
function zoneReader(timeZone: string): Zoned {
  return (...at) => {
    const local = Date.UTC(...at);
    return Number.isFinite(local) ? momentOf(local, timeZone) : local;
  };
}
