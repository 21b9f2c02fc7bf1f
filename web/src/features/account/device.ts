import { t } from "../../texts";

/** A browser and its system as people call them. */
export function deviceName(agent: string): string {
  const browser = /Edg\//.test(agent) ? "Edge" : /coc_coc|CocCoc/i.test(agent) ? "Cốc Cốc" : /Firefox\//.test(agent) ? "Firefox" : /Chrome\//.test(agent) ? "Chrome" : /Safari\//.test(agent) ? "Safari" : "";
  const system = /Android/.test(agent) ? "Android" : /iPhone|iPad/.test(agent) ? "iOS" : /Windows/.test(agent) ? "Windows" : /Mac OS X/.test(agent) ? "macOS" : /Linux|X11/.test(agent) ? "Linux" : "";
  return [browser, system].filter(Boolean).join(" – ") || agent.slice(0, 40) || t("unknownDevice");
}
