const connector = require("medimail-connector");
const { startMockMedimail } = require("medimail-connector/mock");
const { tryPostgres } = require("./try.cjs");

tryPostgres(connector, startMockMedimail, process.argv[2]).then(() => console.log("postgres, cjs: ok"));
