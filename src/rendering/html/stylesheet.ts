/**
 * The style of a page, and what a publisher puts beside a fragment, as it is or as the base of one of his own. Every rule is under
 * the class `cda`. Contrasts are of WCAG 2.1 AA.
 */
export const HTML_STYLESHEET = `
.cda{--cda-ink:#1b1b1f;--cda-soft:#4a4f57;--cda-line:#c4c9d0;--cda-fill:#f3f5f8;--cda-accent:#0b4f85;--cda-bad:#8e0b0b;--cda-bad-fill:#fdeeee;--cda-warn-fill:#fff6dd;
color:var(--cda-ink);background:#fff;font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",Arial,sans-serif;max-width:62rem;margin:0 auto;padding:1rem;overflow-wrap:break-word}
.cda *{box-sizing:border-box}
.cda h1,.cda h2,.cda h3,.cda h4,.cda h5,.cda h6,.cda [role=heading]{color:var(--cda-accent);line-height:1.25;margin:1.1em 0 .4em;font-weight:600;break-after:avoid}
.cda .cda-title{font-size:1.6rem;margin:.2em 0 .5em}
.cda h2{font-size:1.25rem}.cda h3{font-size:1.1rem}.cda h4,.cda h5,.cda h6,.cda [role=heading]{font-size:1rem}
.cda-face{display:flex;flex-wrap:wrap;gap:1rem}
.cda-face>section{flex:1 1 20rem;background:var(--cda-fill);border:1px solid var(--cda-line);border-radius:6px;padding:.6rem .9rem}
.cda-face h1,.cda-face h2,.cda-face h3,.cda-face h4,.cda-face h5{margin:0 0 .2em;font-size:.95rem;text-transform:uppercase;letter-spacing:.04em;color:var(--cda-soft)}
.cda-name{font-size:1.2rem;font-weight:600;margin:0 0 .3em}
.cda-facts{margin:0}.cda-facts>div{display:grid;grid-template-columns:11rem minmax(0,1fr);gap:0 .8rem;padding:.1rem 0}
.cda-document .cda-facts>div{grid-template-columns:9.2rem minmax(0,1fr)}.cda-more .cda-facts>div{grid-template-columns:14rem minmax(0,1fr)}
.cda-facts dt{color:var(--cda-soft);grid-column:1}.cda-facts dd{margin:0;grid-column:2}.cda-facts dd+dd{margin-top:.25em}
.cda-differs{background:var(--cda-bad-fill);outline:2px solid var(--cda-bad)}
.cda-alert{border:2px solid var(--cda-bad);background:var(--cda-bad-fill);padding:.5rem .9rem;margin:0 0 1rem;border-radius:6px}
.cda-alert p{margin:.3em 0}.cda-alert table{border-collapse:collapse}.cda-alert th,.cda-alert td{border:1px solid var(--cda-bad);padding:.2rem .5rem;text-align:left}
.cda-warning{background:var(--cda-warn-fill);border:1px solid #8a6100;border-radius:6px;padding:.4rem .9rem;margin:0 0 .6rem}
.cda-section{margin:0 0 .6rem}
.cda-section .cda-section{margin-left:.4rem}
.cda-body>.cda-section>.cda-heading{border-bottom:2px solid var(--cda-line);padding-bottom:.15em}
.cda-paragraph{margin:.3em 0}.cda-caption{font-weight:600;margin:.4em 0 .2em}
.cda-parties{color:var(--cda-soft);margin:.2em 0}
.cda-list{margin:.3em 0;padding-left:1.6em}
.cda-disc{list-style:disc}.cda-circle{list-style:circle}.cda-square{list-style:square}.cda-decimal{list-style:decimal}
.cda-lower-alpha{list-style:lower-alpha}.cda-upper-alpha{list-style:upper-alpha}.cda-lower-roman{list-style:lower-roman}.cda-upper-roman{list-style:upper-roman}
.cda-scroll{overflow-x:auto;margin:.4em 0;background:linear-gradient(to right,#fff 40%,#fff0) left/2.5rem 100% no-repeat local,linear-gradient(to left,#fff 40%,#fff0) right/2.5rem 100% no-repeat local,linear-gradient(to right,#0004,#0000) left/.9rem 100% no-repeat,linear-gradient(to left,#0004,#0000) right/.9rem 100% no-repeat}
.cda-table{border-collapse:collapse;min-width:40%;font-size:.93em}
.cda-table.cda-wide{font-size:.84em}.cda-table.cda-wide th,.cda-table.cda-wide td{padding:.2rem .35rem}
.cda-table caption{text-align:left;font-weight:600;padding:.2em 0}
.cda-table th,.cda-table td{border:1px solid var(--cda-line);padding:.25rem .5rem;vertical-align:top;text-align:left}
.cda-table th,.cda-table .cda-corner{background:var(--cda-fill);font-weight:600}
.cda-table .cda-left{text-align:left}.cda-table .cda-center{text-align:center}.cda-table .cda-right{text-align:right}.cda-table .cda-justify{text-align:justify}
.cda-table .cda-rule-left{border-left:2px solid var(--cda-ink)}.cda-table .cda-rule-right{border-right:2px solid var(--cda-ink)}
.cda-table .cda-rule-top{border-top:2px solid var(--cda-ink)}.cda-table .cda-rule-bottom{border-bottom:2px solid var(--cda-ink)}
.cda .cda-bold{font-weight:600}.cda .cda-italic{font-style:italic}.cda .cda-underline{text-decoration:underline}.cda .cda-strike{text-decoration:line-through}
.cda ins{text-decoration:underline;background:#e6f4e6}.cda del{color:var(--cda-bad)}
.cda a{color:#0b4f85}.cda-call{line-height:0}.cda-address{color:var(--cda-soft)}
.cda-media{margin:.5em 0}.cda-media figcaption{color:var(--cda-soft)}
.cda-image{max-width:100%;height:auto;border:1px solid var(--cda-line)}
.cda-file{background:var(--cda-fill);border:1px solid var(--cda-line);border-radius:6px;padding:.4rem .8rem;margin:.3em 0}
.cda-save{display:inline-block;margin:.1em .2em;padding:.2rem .7rem;background:#fff;border:1px solid #0b4f85;border-radius:4px;font-weight:600}
.cda-text{white-space:pre-wrap;font:inherit}
.cda-columned{font-family:ui-monospace,"DejaVu Sans Mono",Consolas,Menlo,monospace;font-size:.9em}
.cda-notes{border-top:1px solid var(--cda-line);font-size:.92em;margin-top:.6em}
.cda-more{border-top:2px solid var(--cda-line);margin-top:1.5rem;font-size:.92em}
@media (max-width:40rem){.cda .cda-facts>div{grid-template-columns:minmax(0,1fr)}.cda .cda-facts dd{grid-column:1;padding-left:1rem}}
@media print{.cda{max-width:none;padding:0;font-size:9.5pt}.cda-scroll{overflow:visible;background:none}.cda-table.cda-wide{font-size:7.5pt}.cda-table thead{display:table-header-group}.cda-table tfoot{display:table-row-group}.cda-table tr,.cda-media,.cda-face>section,.cda-alert{break-inside:avoid}.cda-image{max-height:23cm;width:auto}.cda a{color:inherit}.cda-save{display:none}.cda-differs,.cda-table th,.cda ins{print-color-adjust:exact}}
`;
