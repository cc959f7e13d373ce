/** One example for each command: the same in every language, and tried by a test against the command's own options. */
export const EXAMPLES: Readonly<Record<string, string>> = {
  demo: "medimail demo",
  mock: "medimail mock --dir ./medimail-mock",
  "cda inspect": "medimail cda inspect compte-rendu.xml --json",
  "cda render": "medimail cda render compte-rendu.xml --html compte-rendu.html --pdf compte-rendu.pdf",
  "cda wrap": "medimail cda wrap --pdf compte-rendu.pdf --header en-tete.json --out compte-rendu.xml",
  "xdm pack": "medimail xdm pack --cda compte-rendu.xml --out IHE_XDM.ZIP",
  "xdm inspect": "medimail xdm inspect IHE_XDM.ZIP",
  "xdm extract": "medimail xdm extract IHE_XDM.ZIP --out ./documents",
  send: "medimail send --config medimail.json --cda compte-rendu.xml --to dr.exemple@medecin.mssante.fr --patient --wait delivered",
  "outbox run": "medimail outbox run --config medimail.json",
  "outbox list": "medimail outbox list --config medimail.json --json",
  "outbox show": "medimail outbox show 0b6f2c1e-5a53-4a55-8a53-3c9b1f2d7e10 --config medimail.json",
  "outbox retry": "medimail outbox retry 0b6f2c1e-5a53-4a55-8a53-3c9b1f2d7e10 --resend --config medimail.json",
  "outbox cancel": "medimail outbox cancel 0b6f2c1e-5a53-4a55-8a53-3c9b1f2d7e10 --config medimail.json",
  "outbox stats": "medimail outbox stats --config medimail.json",
  "outbox restored": "medimail outbox restored --config medimail.json --actor 899700000001",
  health: "medimail health --config medimail.json --metrics /var/lib/node_exporter/medimail.prom",
  "hl7 inspect": "medimail hl7 inspect message.hl7 --json",
  "hl7 serve":
    "medimail hl7 serve --config medimail.json --mllp 127.0.0.1:2575 --relay eai.chu-exemple.fr:2576 --dmp ignore",
  "traces list": "medimail traces list --config medimail.json --since 2026-01-01",
  "traces export": "medimail traces export --config medimail.json --since 2026-01-01 --until 2026-07-01 --json",
  "accounts check": "medimail accounts check comptes.xlsx --domain ch-exemple.mssante.fr",
  "accounts build":
    "medimail accounts build comptes.xlsx --present comptes-actuels.csv --domain ch-exemple.mssante.fr --out depot.csv",
  "onboarding plan":
    "medimail onboarding plan --structure hospital --solution connector --start 2027-01-04 --format html --out plan.html",
  "onboarding solution": "medimail onboarding solution --automatic --where software",
  "directory search": "medimail directory search dr morel cardio lyon --limit 5",
  "directory import": "medimail directory import Extraction_Correspondance_MSSante.zip",
  "directory update": "medimail directory update --index annuaire.db",
  "directory delta": "medimail directory delta --kind gone",
  "directory sample": "medimail directory sample --lines 10000 --out annuaire-fictif.txt",
  "onboarding sheet":
    "medimail onboarding sheet --config medimail.json --use sending --source-address 192.0.2.10 --measure 30 --out fiche.html",
  "onboarding certificate": "medimail onboarding certificate client.pem",
  "onboarding indicators":
    "medimail onboarding indicators --config medimail.json --since 2026-01-01 --until 2027-01-01 --out activite.html",
  "onboarding template":
    "medimail onboarding template notice --config medimail.json --set dpo=dpo@ch-exemple.fr --out affiche.html",
  discover: "medimail discover labo@ch-exemple.mssante.fr",
  doctor: "medimail doctor --config medimail.json --bundle rapport.txt",
  "trust certificate": "medimail trust certificate serveur.pem --ca igc-sante.p7b --host smtp.operateur.example",
  "trust whitelist check": "medimail trust whitelist check dr.exemple@medecin.mssante.fr --config medimail.json",
  "trust whitelist update": "medimail trust whitelist update --config medimail.json",
  checklist: "medimail checklist --profile gp --state conformite.json --report ./validation --badge badge.svg",
  validate: "medimail validate --profile lis --scenario all --out ./validation -- ./mon-connecteur",
  "mailbox folders": "medimail mailbox folders --config medimail.json",
  "mailbox list": "medimail mailbox list --config medimail.json --limit 20",
  "mailbox show": "medimail mailbox show 42 --config medimail.json",
  "mailbox search": "medimail mailbox search --from labo --since 2026-01-01 --unseen --config medimail.json",
  "mailbox watch": "medimail mailbox watch --config medimail.json",
  "mailbox flag": "medimail mailbox flag 42 --seen --config medimail.json",
  "mailbox move": "medimail mailbox move 42 43 --to Archives --config medimail.json",
  "mailbox delete": "medimail mailbox delete 42 --actor 899700000001 --config medimail.json",
  "mailbox reply": "medimail mailbox reply 42 --body reponse.txt --actor 899700000001 --config medimail.json",
  "mailbox receipt": "medimail mailbox receipt 42 --processed --config medimail.json",
  "mailbox save": "medimail mailbox save 42 --out ./recus --open --config medimail.json",
};

/** Joins summaries and examples. */
export function withExamples(
  summaries: Readonly<Record<string, string>>,
): Record<string, { summary: string; example: string }> {
  return Object.fromEntries(
    Object.entries(summaries).map(([name, summary]) => [name, { summary, example: EXAMPLES[name] ?? "" }]),
  );
}
