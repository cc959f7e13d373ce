/** Where credentials come from: a client certificate, a token given from outside, a password. */
export type { CertificateCredentialsOptions, SaslChoice } from "./certificate.js";
export { certificateCredentials } from "./certificate.js";
export type { ClientCertificateInput } from "./client-certificate.js";
export { loadClientCertificate, readClientCertificate } from "./client-certificate.js";
export type { PasswordCredentialsOptions } from "./password.js";
export { passwordCredentials } from "./password.js";
export { createProSanteConnect, type ProSanteConnectSettings } from "./psc/create.js";
export { relyingParty } from "./psc/login.js";
export type { Professional, ProfessionalActivity, ProfessionalPractice } from "./psc/professional.js";
export type {
  CibaOptions,
  ClientProof,
  PendingLogin,
  ProSanteConnect,
  ProSanteConnectOptions,
  ProSanteConnectSession,
} from "./psc/types.js";
export { type LoginHandlerOptions, type LoopbackLoginOptions, loginHandler, loopbackLogin } from "./psc/web.js";
export type { TokenCredentialsOptions, TokenRequest } from "./token.js";
export { tokenCredentials } from "./token.js";
