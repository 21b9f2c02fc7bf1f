import { getLanguage, t } from "./index";

const zone = "Asia/Ho_Chi_Minh";
const formats = new Map<string, Intl.DateTimeFormat>();

function format(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${getLanguage()}/${name}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(getLanguage() === "vi" ? "vi-VN" : "en-GB", { timeZone: zone, ...options });
    formats.set(key, found);
  }
  return found;
}

function day(date: Date): string {
  return format("day", { year: "numeric", month: "2-digit", day: "2-digit" }).format(date);
}

/** For lists: the time of today, the day of this year, the date of others. */
export function shortDate(iso: string, now = new Date()): string {
  const date = new Date(iso);
  if (day(date) === day(now)) return format("time", { hour: "2-digit", minute: "2-digit", hour12: false }).format(date);
  const yesterday = new Date(now.getTime() - 86_400_000);
  if (day(date) === day(yesterday)) return t("yesterday");
  if (format("year", { year: "numeric" }).format(date) === format("year", { year: "numeric" }).format(now)) return format("short", { day: "2-digit", month: "2-digit" }).format(date).replace("-", "/");
  return format("date", { day: "2-digit", month: "2-digit", year: "numeric" }).format(date);
}

/** The whole date and time, with the day of the week. */
export function longDate(iso: string): string {
  const date = new Date(iso);
  const time = format("time", { hour: "2-digit", minute: "2-digit", hour12: false }).format(date);
  return `${format("weekday", { weekday: "long" }).format(date)}, ${format("date", { day: "2-digit", month: "2-digit", year: "numeric" }).format(date)} ${time}`;
}

export function dateTime(iso: string): string {
  const date = new Date(iso);
  return `${format("date", { day: "2-digit", month: "2-digit", year: "numeric" }).format(date)} ${format("time", { hour: "2-digit", minute: "2-digit", hour12: false }).format(date)}`;
}

/** Bytes as people read them, with the decimal comma of Vietnamese. */
export function size(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let unit = 0;
  let value = bytes;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const text = new Intl.NumberFormat(getLanguage() === "vi" ? "vi-VN" : "en-GB", { maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 }).format(value);
  return `${text} ${units[unit] ?? ""}`;
}

export function count(n: number): string {
  return new Intl.NumberFormat(getLanguage() === "vi" ? "vi-VN" : "en-GB").format(n);
}
