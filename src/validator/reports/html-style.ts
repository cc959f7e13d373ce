/** Of the report alone: no font, image or script is asked for. */
export const STYLE = `
:root{color-scheme:light;--ink:#1b1b1b;--soft:#555;--line:#c9c9c9;--bad:#a4001d;--good:#0b5d1e;--wait:#7a4b00}
*{box-sizing:border-box}
body{font:1rem/1.5 system-ui,"Segoe UI",Roboto,"Liberation Sans",sans-serif;color:var(--ink);background:#fff;margin:0 auto;padding:1.5rem;max-width:70rem}
h1{font-size:1.7rem;line-height:1.2}h2{font-size:1.3rem;margin-top:2.2rem;border-bottom:2px solid var(--line)}h3{font-size:1.05rem;margin:1.4rem 0 .3rem}
.notice{border:2px solid var(--ink);padding:.7rem 1rem;font-weight:600}
dl.identity{display:grid;grid-template-columns:minmax(12rem,max-content) 1fr;gap:.2rem 1rem}dl.identity dt{color:var(--soft)}dl.identity dd{margin:0;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;margin:.6rem 0}caption{text-align:left;color:var(--soft);padding:.3rem 0}
th,td{border:1px solid var(--line);padding:.35rem .5rem;text-align:left;vertical-align:top}td{overflow-wrap:anywhere}thead th{background:#f1f1f1}th code{white-space:nowrap;overflow-wrap:normal}td.n,th.n{text-align:right}
.verdict{font-weight:700;white-space:nowrap}.fail{color:var(--bad)}.pass,.declared{color:var(--good)}.to-declare,.not-observed{color:var(--wait)}.not-applicable{color:var(--soft)}
ul.evidence{margin:.2rem 0;padding-left:1.1rem}ul.evidence li{margin:.15rem 0}.where{color:var(--soft)}
.attest{border:1px solid var(--line);padding:.7rem 1rem;margin:.8rem 0;break-inside:avoid}.attest label{display:block;margin:.5rem 0 .1rem;color:var(--soft)}
.attest textarea,.attest input{width:100%;font:inherit;padding:.3rem;border:1px solid #777;background:#fff;color:var(--ink)}.attest textarea{min-height:4.5rem}
.three{display:grid;grid-template-columns:2fr 2fr 1fr;gap:.7rem}
code{font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-size:.92em}td code,dd code,li code{overflow-wrap:anywhere}
a{color:#003a8c}a:focus,input:focus,textarea:focus{outline:3px solid #003a8c;outline-offset:1px}
@media print{body{padding:0;max-width:none;font-size:10pt}table{width:calc(100% - 1px)}tfoot{display:table-row-group}h2{break-after:avoid}tr,li{break-inside:avoid}nav{display:none}a{color:inherit;text-decoration:none}@page{size:A4;margin:15mm}}
`;
