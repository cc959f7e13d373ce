/** An outbox in PostgreSQL where nobody listens: the error tells whether the package `pg` was found. */
exports.tryPostgres = async ({ createConnector, isMedimailError }, startMockMedimail, expected) => {
  const mock = await startMockMedimail();
  try {
    const config = await mock.config("labo@ch-exemple.mssante.fr");
    const url = "postgres://nobody@127.0.0.1:1/none";
    const connector = createConnector({ ...config, outbox: { store: "postgres", url } }, { delivery: "manual" });
    const error = await connector.ready({ sessions: false }).then(
      () => new Error("it opened"),
      (thrown) => thrown,
    );
    await connector.close();
    if (!isMedimailError(error) || error.code !== expected) throw error;
    if (expected === "not_supported" && !/npm install pg/.test(error.hint)) throw new Error(`no advice: ${error.hint}`);
  } finally {
    await mock.close();
  }
};
