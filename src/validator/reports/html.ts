import { type Declaration, howSeen, requirement } from "../../compliance/index.js";
import { escapeHtml } from "../../html-escape.js";
import { htmlPage } from "../../html-page.js";
import type { Report } from "../report-types.js";
import { STYLE } from "./html-style.js";
import {
  CERTAINTIES,
  OBLIGATIONS,
  PROFILE_NAMES,
  SECTIONS,
  sectionOf,
  VERDICT_ORDER,
  VERDICTS,
  WORDS,
} from "./words.js";

type Row = Report["results"][number];

/** Text of the page, of an attribute too: everything shown comes from mails of the software under test. */
export function safe(text: string): string {
  return escapeHtml(visible(text));
}

const visible = (text: string): string => text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g, "\ufffd");

/** `report.html`: one file to print, or to join to a request. Nothing in it runs, and nothing is fetched. */
export function htmlOf(report: Report, declarations: readonly Declaration[]): string {
  const { lang, results } = report;
  const words = WORDS[lang];
  const chapters = [...new Set(results.map(({ code }) => sectionOf(code)))].sort((a, b) => a - b);
  const body = [
    `<header><h1>${safe(words.title)}</h1><p class="notice">${safe(report.notice)}</p></header>`,
    `<main>`,
    identity(report),
    section("resume", words.summary, summary(report, chapters)),
    section("non-conformes", words.failed, failures(report)),
    ...chapters.map((chapter) =>
      section(
        `chapitre-${chapter}`,
        `${chapter}. ${SECTIONS[lang][chapter] ?? ""}`,
        table(
          report,
          results.filter(({ code }) => sectionOf(code) === chapter),
        ),
      ),
    ),
    attestations(report),
    declared(report, declarations),
    played(report),
    `<p>${safe(report.masked ? words.masked : words.unmasked)} ${safe(words.checkIt)}</p>`,
    "</main>",
  ];
  return htmlPage({
    lang,
    title: visible(`${words.title} — ${report.connector.software ?? report.connector.nil ?? ""}`),
    style: STYLE,
    body: body.filter((part) => part !== "").join("\n"),
  });
}

function section(id: string, title: string, content: string): string {
  return content === ""
    ? ""
    : `<section aria-labelledby="${id}"><h2 id="${id}">${safe(title)}</h2>${content}</section>`;
}

function identity({ lang, connector, profile, startedAt, endedAt, catalogue, observations, tool }: Report): string {
  const words = WORDS[lang];
  const rows: [string, string][] = [
    [words.software, connector.software ?? words.notSeen],
    [words.version, connector.version ?? words.notSeen],
    [words.publisher, connector.publisher ?? ""],
    [words.nil, connector.nil ?? words.notSeen],
    [words.profile, PROFILE_NAMES[lang][profile]],
    [words.date, `${startedAt} – ${endedAt}`],
    [words.catalogue, catalogue],
    [words.judgedBy, `${tool.name} ${tool.version}`],
    [words.observations(observations.count, observations.mails), ""],
    [words.fingerprint, observations.sha256],
  ];
  const shown = rows.filter(([, value]) => value !== "");
  const count = `<p>${safe(words.observations(observations.count, observations.mails))}</p>`;
  return `<section aria-labelledby="connecteur"><h2 id="connecteur">${safe(words.connector)}</h2><dl class="identity">${shown
    .map(([name, value]) => `<dt>${safe(name)}</dt><dd>${safe(value)}</dd>`)
    .join("")}</dl>${count}</section>`;
}

function summary({ lang, results }: Report, chapters: readonly number[]): string {
  const words = WORDS[lang];
  const cells = (rows: readonly Row[]) =>
    VERDICT_ORDER.map((verdict) => `<td class="n">${rows.filter((row) => row.verdict === verdict).length}</td>`).join(
      "",
    );
  const lines = chapters.map(
    (chapter) =>
      `<tr><th scope="row"><a href="#chapitre-${chapter}">${chapter}. ${safe(SECTIONS[lang][chapter] ?? "")}</a></th>${cells(results.filter(({ code }) => sectionOf(code) === chapter))}</tr>`,
  );
  const heads = VERDICT_ORDER.map(
    (verdict) => `<th scope="col" class="n ${verdict}">${safe(VERDICTS[lang][verdict])}</th>`,
  ).join("");
  return `<table><thead><tr><th scope="col">${safe(words.chapter)}</th>${heads}</tr></thead><tbody>${lines.join("")}</tbody><tfoot><tr><th scope="row">${safe(words.total)}</th>${cells(results)}</tr></tfoot></table>`;
}

function failures({ lang, results }: Report): string {
  const words = WORDS[lang];
  const failed = results.filter(({ verdict }) => verdict === "fail");
  if (failed.length === 0) return `<p>${safe(words.nothingFailed)}</p>`;
  return `<ul>${failed
    .map(
      (row) =>
        `<li><a href="#${anchor(row.code)}"><code>${safe(row.code)}</code></a> ${safe(row.title)} (${safe(OBLIGATIONS[lang][row.obligation])})</li>`,
    )
    .join("")}</ul>`;
}

function anchor(code: string): string {
  return `e-${code.replace(/[^A-Za-z0-9.-]/g, "-")}`;
}

function table({ lang }: Report, rows: readonly Row[]): string {
  const words = WORDS[lang];
  const lines = rows.map((row) => {
    const others = row.codes.filter((code) => code !== row.code);
    const known = requirement(row.code);
    const help = known ? howSeen(known, lang) : "";
    return (
      `<tr id="${anchor(row.code)}"><th scope="row"><code>${safe(row.code)}</code>${others.length > 0 ? `<br><small>${others.map(safe).join(",<br>")}</small>` : ""}</th>` +
      `<td>${safe(row.title)}<br><small title="${safe(help)}">${safe(OBLIGATIONS[lang][row.obligation])} · ${safe(CERTAINTIES[lang][row.certainty])}</small></td>` +
      `<td class="verdict ${row.verdict}">${safe(VERDICTS[lang][row.verdict])}</td><td>${evidence(row, lang)}</td></tr>`
    );
  });
  return `<table><thead><tr><th scope="col">${safe(words.code)}</th><th scope="col">${safe(words.requirement)}</th><th scope="col">${safe(words.verdict)}</th><th scope="col">${safe(words.evidence)}</th></tr></thead><tbody>${lines.join("")}</tbody></table>`;
}

function evidence(row: Row, lang: "fr" | "en"): string {
  if (row.verdict === "not-applicable" && row.evidence.length === 0) return "";
  if (row.evidence.length === 0) return `<small>${safe(WORDS[lang].noEvidence)}</small>`;
  return `<ul class="evidence">${row.evidence
    .map(
      ({ what, where, at }) =>
        `<li>${safe(what)} <span class="where">${safe(where)}${at === "" ? "" : `, <time datetime="${safe(at)}">${safe(at)}</time>`}</span></li>`,
    )
    .join("")}</ul>`;
}

function attestations({ lang, results }: Report): string {
  const words = WORDS[lang];
  const left = results.filter(({ verdict }) => verdict === "to-declare");
  if (left.length === 0) return "";
  const cards = left.map((row) => {
    const id = anchor(row.code);
    const lines = row.attest
      ? `<p>${safe(row.attest.question)}</p><p><small>${safe(words.proof)}${words.colon} ${safe(row.attest.evidence)}<br>${safe(words.why)}${words.colon} ${safe(row.attest.reason)}</small></p>`
      : "";
    return (
      `<div class="attest" role="group" aria-labelledby="a-${id}"><h3 id="a-${id}"><code>${safe(row.code)}</code> ${safe(row.title)}</h3>${lines}` +
      `<label for="r-${id}">${safe(words.answer)}</label><textarea id="r-${id}"></textarea><div class="three">` +
      `<div><label for="s-${id}">${safe(words.signer)}</label><input id="s-${id}" type="text" autocomplete="off"></div>` +
      `<div><label for="q-${id}">${safe(words.role)}</label><input id="q-${id}" type="text" autocomplete="off"></div>` +
      `<div><label for="d-${id}">${safe(words.when)}</label><input id="d-${id}" type="text" autocomplete="off"></div></div></div>`
    );
  });
  return section("a-attester", words.toAttest, `<p>${safe(words.toAttestIntro)}</p>${cards.join("")}`);
}

function declared({ lang, attachments }: Report, declarations: readonly Declaration[]): string {
  const words = WORDS[lang];
  if (declarations.length === 0) return "";
  const rows = declarations.map(({ code, signer, date, statement = "", answer }) => {
    const files = attachments.filter((file) => file.code === code);
    const list = files
      .map(
        ({ file, kept, sha256, size }) =>
          `<li><a href="${safe(kept)}">${safe(file)}</a> (${size}) <code>${sha256}</code></li>`,
      )
      .join("");
    const what =
      answer === "not-applicable" ? `${VERDICTS[lang]["not-applicable"]}${words.colon} ${statement}` : statement;
    return `<tr><th scope="row"><code>${safe(code)}</code></th><td>${safe(what)}</td><td>${safe(signer)}</td><td>${safe(date)}</td><td>${list === "" ? "" : `<ul class="evidence">${list}</ul>`}</td></tr>`;
  });
  const heads = [words.code, words.answer, words.signer, words.when, words.joined].map(
    (head) => `<th scope="col">${safe(head)}</th>`,
  );
  return section(
    "declarations",
    words.declarations,
    `<table><thead><tr>${heads.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`,
  );
}

function played({ lang, scenarios, problems }: Report): string {
  const words = WORDS[lang];
  const rows = scenarios.map(
    ({ id, repetition, reason }) =>
      `<tr><th scope="row"><code>${safe(id)}</code></th><td class="n">${repetition}</td><td>${safe(words.reasons[reason] ?? reason)}</td></tr>`,
  );
  const heads = [words.scenario, words.repetition, words.end]
    .map((head) => `<th scope="col">${safe(head)}</th>`)
    .join("");
  const list = problems
    .map(({ what, where }) => `<li>${safe(what)} <span class="where">${safe(where)}</span></li>`)
    .join("");
  return (
    section(
      "scenarios",
      words.scenarios,
      rows.length === 0 ? "" : `<table><thead><tr>${heads}</tr></thead><tbody>${rows.join("")}</tbody></table>`,
    ) + section("problemes", words.problems, list === "" ? "" : `<ul>${list}</ul>`)
  );
}
