/** What the board adds to the stylesheet of every page: tables, and a form for paper. */
export const boardStylesheet = `
body.board { max-width: 96rem; padding: 1rem 1.5rem; } .board main section { padding: 1rem 1.25rem; }
.counts { display: flex; flex-wrap: wrap; gap: .75rem; margin: 0 0 1rem; padding: 0; list-style: none; }
.counts li { flex: 1 1 7rem; margin: 0; overflow-wrap: normal; }
.counts a { display: block; height: 100%; padding: .625rem .875rem; background: var(--card); color: inherit; border: 1px solid var(--line);
  border-radius: .75rem; text-decoration: none; border-top: 4px solid var(--edge); }
.counts a[aria-current=page] { border-color: var(--strong); background: var(--tint); }
.counts strong { display: block; font-size: 1.75rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.counts .rank-disconnected, .counts .rank-silent { border-top-color: var(--bad); } .counts .rank-low, .counts .rank-unreachable { border-top-color: var(--warn); }
.counts .rank-fine { border-top-color: var(--strong); }
.finder { display: flex; flex-wrap: wrap; gap: .75rem 1rem; align-items: end; margin: 0 0 1rem; }
.finder .field { flex: 1 1 12rem; max-width: 20rem; margin: 0; } .finder .row { margin: 0; } .finder input, .finder select { height: 3rem; }
.board main section.tableau { padding: 0; } .tableau { overflow-x: auto; }
.board table { width: 100%; border-collapse: collapse; font-size: .9375rem; line-height: 1.35; }
.board caption { padding: .75rem 1rem; text-align: left; color: var(--quiet); }
.board th, .board td { overflow-wrap: break-word; padding: .625rem .75rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
.board thead th { font-size: .8125rem; color: var(--quiet); white-space: nowrap; }
.board td small, .board th small { display: block; color: var(--quiet); font-size: .8125rem; font-weight: 400; }
.board tbody th { font-weight: 600; min-width: 8rem; } .board td time { white-space: nowrap; }
.badge { display: inline-block; padding: .0625rem .5rem; border-radius: 1rem; font-size: .8125rem; font-weight: 600; white-space: nowrap;
  border: 1px solid currentColor; color: var(--quiet); }
.badge.rank-disconnected, .badge.rank-silent { color: var(--bad); background: var(--bad-tint); }
.badge.rank-low, .badge.rank-unreachable { color: var(--warn); background: var(--warn-tint); } .badge.rank-fine { color: var(--strong); background: var(--tint); }
.gauge { display: flex; align-items: center; gap: .5rem; } .gauge strong { min-width: 2.75rem; font-variant-numeric: tabular-nums; }
.spark { width: 6rem; height: 1.75rem; flex: none; overflow: visible; } .spark path { fill: none; stroke: var(--strong); stroke-width: 1.5;
  stroke-linejoin: round; stroke-linecap: round; } .spark .base { stroke: var(--line); stroke-width: 1; } .spark .end { stroke-width: 4; }
.worse { color: var(--bad); }
.pages { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; margin: 0 0 1rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: .75rem 1rem; margin: 0; } .facts dd { margin: 0; }
.acts { display: flex; flex-wrap: wrap; gap: .75rem; align-items: start; } .acts form { margin: 0; }
textarea { width: 100%; min-height: 6rem; padding: .625rem .75rem; font: inherit; color: inherit; background: var(--card);
  border: 1px solid var(--edge); border-radius: .5rem; }
input[type=search] { width: 100%; }
@media (min-width: 60rem) { .split { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 0 1.25rem; align-items: start; } }
@media (max-width: 60rem) { .people, .people tbody, .people tr, .people th, .people td, .people caption { display: block; }
  .people thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  .people tr { padding: .75rem 1rem; border-top: 1px solid var(--line); } .people th, .people td { padding: .1875rem 0; border: 0; }
  .people td[data-label] { display: grid; grid-template-columns: 6.5rem 1fr; gap: .5rem; }
  .people td[data-label]::before { content: attr(data-label); color: var(--quiet); font-size: .8125rem; }
  .people tbody th { font-size: 1.0625rem; } }
@media (max-width: 30rem) { body.board { padding: .75rem; } .counts li { flex-basis: 40%; }
  .tableau table:not(.people) :is(th, td) { padding-inline: .375rem; white-space: normal; } }
@media print { :root { color-scheme: light; --ground: #fff; --card: #fff; --ink: #000; --quiet: #444; }
  body.board { max-width: none; padding: 0; font-size: 10pt; } .finder, .pages, .acts, .board > footer, .screen, .writing { display: none; }
  .board main section { border: 0; padding: 0; } .board tr { break-inside: avoid; } .board thead { display: table-header-group; }
  .board a { color: inherit; text-decoration: none; } .tableau { overflow: visible; } @page { size: landscape; margin: 12mm; } }
`;
