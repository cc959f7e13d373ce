import { z } from "zod";
import { line, strict } from "./fields.js";

const proxy = line(2048).refine((text) => {
  try {
    return ["http:", "socks5:", "socks5h:"].includes(new URL(text).protocol) && new URL(text).hostname !== "";
  } catch {
    return false;
  }
}, "must be http://host:port or socks5://host:port");

const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|(?=.*:.*:)[0-9a-f:.]{2,45})$/i;

const nameServer = line(64).refine((text) => {
  const [, bracketed, plain, port] =
    /^(?:\[([^\]]+)\]|([^:\]]+|[^\]]*:[^\]]*:[^\]]*?))(?::(\d{1,5}))?$/.exec(text) ?? [];
  return (
    ADDRESS.test(bracketed ?? plain ?? "") && (port === undefined || (Number(port) >= 1 && Number(port) <= 65_535))
  );
}, 'must be an address, or an address and a port such as "10.0.0.53:53"');

const range = line(64).refine((text) => {
  const [address = "", prefix, more] = text.split("/");
  const most = address.includes(":") ? 128 : 32;
  return (
    ADDRESS.test(address) &&
    more === undefined &&
    (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= most))
  );
}, 'must be an address or a range such as "10.1.0.0/16"');

const autoconfig = line(2048).refine((text) => {
  if (text === "off") return true;
  const url = text.replaceAll("{domain}", "exemple.fr");
  return URL.canParse(url) && ["https:", "http:"].includes(new URL(url).protocol) && new URL(url).username === "";
}, 'must be "off", or a URL such as https://autoconfig.{domain}/mail/config-v1.1.xml');

/** How the network is reached, and what discovery may ask it. */
export const network = strict({
  proxy: proxy.optional(),
  /** Name servers that discovery asks. Default: the system's. */
  dns: z.array(nameServer, { error: "must be a list of name servers" }).min(1, "must not be empty").optional(),
  /** Private addresses at which a discovered host may be (VPN). Default: none. */
  allowedAddresses: z.array(range, { error: "must be a list of addresses or ranges" }).optional(),
  /** Where the autoconfig document is, `{domain}` in it; `off`: none is asked. */
  autoconfig: autoconfig.optional(),
});
