import type { DirectoryPart } from "../config/index.js";
import { defined } from "../defined.js";
import {
  type Deposit,
  folderDeposit,
  type RegionalProfile,
  type RegionalUpdate,
  sftpDeposit,
  type UpdateRegionalOptions,
  updateRegional,
} from "../directory/index.js";
import { MedimailError } from "../errors.js";
import { resolveSecret } from "../settings/index.js";
import { dialerOf } from "./connection.js";

/**
 * Reads the newest file of the regional directory of a configuration into its index.
 *
 * @throws MedimailError as `updateRegional`; `config_invalid` where the configuration has none
 */
export async function updateRegionalDirectory(
  config: DirectoryPart,
  options: Partial<Pick<UpdateRegionalOptions, "force" | "signal" | "onProgress" | "index">> = {},
): Promise<RegionalUpdate> {
  const regional = config.directory?.regional;
  if (!regional)
    throw new MedimailError("config_invalid", "directory.regional: is required", { path: "directory.regional" });
  const { index, pattern, columns, separator, charset, header } = regional;
  const deposit = depositOf(config, regional);
  try {
    return await updateRegional({
      index,
      pattern,
      profile: defined({ columns, separator, charset, header }) as RegionalProfile,
      deposit,
      ...options,
    });
  } finally {
    await deposit.close();
  }
}

function depositOf(
  config: DirectoryPart,
  { folder, sftp }: NonNullable<NonNullable<DirectoryPart["directory"]>["regional"]>,
): Deposit {
  if (!sftp) return folderDeposit(folder ?? ".");
  const { password, privateKey, passphrase, ...server } = sftp;
  const secret = (name: "password" | "privateKey" | "passphrase") => {
    const value = { password, privateKey, passphrase }[name];
    return value === undefined ? undefined : () => resolveSecret(value, { what: `directory.regional.sftp.${name}` });
  };
  return sftpDeposit(
    defined({
      ...server,
      password: secret("password"),
      privateKey: secret("privateKey"),
      passphrase: secret("passphrase"),
      dialer: dialerOf(config),
    }),
  );
}
