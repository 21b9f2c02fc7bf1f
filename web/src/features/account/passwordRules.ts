export type PasswordFault = "tooShort" | "noLower" | "noUpper" | "noDigit" | "noSpecial" | "sameAsBefore";

/** What a password lacks (A12.1); the server decides, this says it while one types. */
export function checkPassword(password: string, current: string, minChars: number): PasswordFault[] {
  const faults: PasswordFault[] = [];
  if (password.length < minChars) faults.push("tooShort");
  if (!/\p{Ll}/u.test(password)) faults.push("noLower");
  if (!/\p{Lu}/u.test(password)) faults.push("noUpper");
  if (!/\p{Nd}/u.test(password)) faults.push("noDigit");
  if (!/[^\p{Ll}\p{Lu}\p{Nd}]/u.test(password)) faults.push("noSpecial");
  if (password.length === 0 || password === current) faults.push("sameAsBefore");
  return faults;
}
