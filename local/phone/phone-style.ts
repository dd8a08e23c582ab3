/** What the phone looks like. */
import { raw } from 'hono/html';

export const tracker = raw(
  '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M9 2h6l1 4H8zM8 18h8l-1 4H9z" opacity=".55"/>' +
    '<rect x="6" y="5.5" width="12" height="13" rx="3.5"/>' +
    '<path class="pulse" d="M8.2 12.4h2l1.2-2.6 1.7 4.6 1-2h1.8"/></svg>',
);

export const icon =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect x="7" y="1" width="18" height="30" rx="5" ' +
      'fill="#1b1d22"/><rect x="9" y="4" width="14" height="24" rx="2.5" fill="#17a398"/></svg>',
  );

export const style = `
  :root {
    --page: #e9edf1; --glow: #d5ece8; --ink: #16181d; --soft: #5c6370; --frame: #1b1d22; --edge: #3a3d45;
    --screen: #ffffff; --bar: #f6f7f9; --line: #e3e6ea; --bubble: #eceef1; --link: #0a5f9e; --accent: #117a71;
    --own: #117a71; --own-ink: #ffffff;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --page: #101216; --glow: #12302d; --ink: #eef0f3; --soft: #9aa2ae; --frame: #050607; --edge: #3d414a;
      --screen: #16181d; --bar: #1d2026; --line: #2b2f37; --bubble: #2a2e36; --link: #7cc4ff; --accent: #46c9bb;
      --own: #1d6f67; --own-ink: #ffffff;
    }
  }
  * { box-sizing: border-box; margin: 0; }
  body {
    min-height: 100vh; padding: 0 12px 16px; color: var(--ink); background: var(--page)
    radial-gradient(90% 60% at 50% 0, var(--glow), transparent) no-repeat;
    font: 16px/1.35 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif;
  }
  .top { display: flex; flex-wrap: wrap; gap: 0 10px; align-items: baseline; justify-content: center; padding: 14px 0 12px; }
  h1 { font-size: 17px; letter-spacing: -.01em; }
  .top p { font-size: 13.5px; color: var(--soft); }
  main { display: flex; flex-wrap: wrap; justify-content: center; gap: 24px 28px; }
  .phone {
    width: 100%; max-width: 364px; height: max(440px, min(706px, 100vh - 68px)); padding: 9px; border-radius: 50px;
    background: var(--frame); box-shadow: inset 0 0 0 1.5px var(--edge), 0 18px 44px -14px rgb(0 0 0 / .45);
  }
  .screen {
    display: flex; flex-direction: column; height: 100%; overflow: hidden; border-radius: 41px; background: var(--screen);
  }
  .status {
    display: grid; grid-template-columns: 1fr auto 1fr; align-items: center; padding: 10px 24px 4px;
    background: var(--bar); font-size: 14px; font-weight: 600; font-variant-numeric: tabular-nums;
  }
  .status:has(+ .empty) { background: none; }
  .island { width: 84px; height: 23px; border-radius: 12px; background: #050607; }
  .battery {
    position: relative; justify-self: end; width: 25px; height: 12px; border: 1.5px solid var(--soft); border-radius: 4px;
  }
  .battery::before { content: ''; position: absolute; inset: 1.5px 6px 1.5px 1.5px; border-radius: 1.5px; background: var(--accent); }
  .battery::after {
    content: ''; position: absolute; right: -4.5px; top: 2.5px; width: 2px; height: 4px; border-radius: 0 1px 1px 0; background: var(--soft);
  }
  .thread { padding: 8px 16px 10px; text-align: center; background: var(--bar); border-bottom: 1px solid var(--line); }
  .thread h2 { font-size: 15px; font-weight: 600; font-variant-numeric: tabular-nums; }
  .thread p { font-size: 13px; color: var(--soft); font-variant-numeric: tabular-nums; }
  .avatar {
    display: grid; place-items: center; width: 42px; height: 42px; margin: 0 auto 4px; border-radius: 50%; background: var(--accent);
  }
  .avatar svg { width: 25px; fill: var(--screen); }
  .avatar .pulse { fill: none; stroke: var(--accent); stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; }
  /* Reversed, so that without script the newest text is in sight; the margin keeps a short thread at the top. */
  .scroll { flex: 1; display: flex; flex-direction: column-reverse; overflow-y: auto; scrollbar-width: thin; }
  ol { width: 100%; margin-bottom: auto; padding: 4px 14px 12px; list-style: none; }
  .note { padding: 12px 0 8px; text-align: center; font-size: 12.5px; font-weight: 500; color: var(--soft); }
  .text { max-width: 88%; margin-bottom: 10px; }
  .bubble {
    width: fit-content; padding: 9px 14px 10px; border-radius: 20px 20px 20px 6px; background: var(--bubble);
    white-space: pre-wrap; overflow-wrap: anywhere;
  }
  .own { margin-left: auto; }
  .own .bubble { margin-left: auto; border-radius: 20px 20px 6px 20px; color: var(--own-ink); background: var(--own); }
  .own .meta { text-align: right; padding-right: 6px; }
  .meta { padding: 3px 0 0 6px; font-size: 12px; color: var(--soft); font-variant-numeric: tabular-nums; }
  a { color: var(--link); text-underline-offset: 2px; }
  a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
  .empty { flex: 1; display: flex; flex-direction: column; justify-content: center; gap: 10px; padding: 16px 30px; text-align: center; }
  .empty .avatar { width: 64px; height: 64px; }
  .empty .avatar svg { width: 38px; }
  .empty h2 { font-size: 20px; letter-spacing: -.01em; }
  .empty p { color: var(--soft); font-size: 15px; text-wrap: pretty; }
  .number { white-space: nowrap; }
  .foot {
    display: block; margin: 8px 14px 20px; padding: 7px 16px; border: 1px solid var(--line); border-radius: 18px; font-size: 14px;
    color: var(--soft); text-decoration: none;
  }
  a.foot:hover { border-color: var(--accent); color: var(--ink); }
  form { display: flex; align-items: center; gap: 8px; margin: 0 14px; }
  .reply { padding-top: 8px; }
  .words { margin-bottom: 20px; padding-top: 8px; font-size: 14px; }
  .words a { margin-left: auto; }
  .words button { padding: 7px 11px; }
  .words select { min-width: 0; font: inherit; }
  input, button { padding: 7px 14px; border: 1px solid var(--line); border-radius: 18px; font: inherit; color: var(--ink); background: var(--screen); }
  input { flex: 1; min-width: 0; }
  button { font-size: 14px; cursor: pointer; overflow-wrap: normal; }
  .reply button { border-color: var(--own); color: var(--own-ink); background: var(--own); }
  input:focus-visible, button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
  @media (prefers-reduced-motion: no-preference) {
    .new { animation: arrive .35s cubic-bezier(.2, 1.3, .4, 1) backwards; transform-origin: 0 100%; }
    @keyframes arrive { from { opacity: 0; transform: translateY(14px) scale(.9); } }
  }
`;
