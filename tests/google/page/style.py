"""The page's style sheet and its script: nothing here depends on what a sheet holds."""

STYLE = """
:root{--font:Arial,"Liberation Sans",Arimo,Helvetica,"DejaVu Sans Condensed",sans-serif}
*{box-sizing:border-box}
html,body{height:100%;margin:0}
body{display:flex;flex-direction:column;background:#f9fbfd;color:#000;
 font:10pt var(--font);overflow:hidden}
header{display:flex;align-items:center;padding:8px 16px 4px;gap:10px}
header svg{width:30px;height:40px;flex:none}
header h1{font-size:18px;font-weight:400;margin:0 0 3px;color:#1f1f1f}
header nav{font-size:13.5px;color:#1f1f1f;display:flex;gap:14px}
header .share{margin-left:auto;background:#c2e7ff;border-radius:20px;padding:10px 22px;
 font-size:14px;font-weight:bold;color:#001d35}
header .who{width:32px;height:32px;border-radius:50%;background:#0b57d0;color:#fff;
 text-align:center;line-height:32px;font-size:15px}
.tools{margin:4px 14px;background:#edf2fa;border-radius:22px;padding:9px 18px;display:flex;
 gap:15px;font-size:13px;color:#444746;white-space:nowrap;overflow:hidden}
.tools i{width:1px;background:#c7c7c7;font-style:normal}
.bar{display:flex;align-items:center;background:#fff;border-top:1px solid #e1e3e6;
 border-bottom:1px solid #c7c7c7;height:26px;font-size:13px}
.bar .name{width:96px;padding-left:12px;border-right:1px solid #c7c7c7}
.bar .fx{color:#80868b;font-style:italic;padding:0 10px;font-family:serif}
.bar .content{white-space:pre;overflow:hidden}
main{flex:1;overflow:auto;background:#fff}
main section{display:none;position:relative}
.chart{position:absolute;z-index:3;background:#fff;border:1px solid #dadce0}
main section.shown{display:block}
.grid{table-layout:fixed;border-collapse:separate;border-spacing:0}
.grid th,.grid td{border-right:1px solid #e1e3e6;border-bottom:1px solid #e1e3e6;padding:0}
.grid.nolines td{border-right-color:transparent;border-bottom-color:transparent}
.grid th{background:#fff;font-weight:normal;font-size:12px;color:#575a5a;text-align:center;
 position:sticky;border-color:#c4c7c5}
.grid thead{position:sticky;top:0;z-index:6}
.grid thead th.corner{left:0;z-index:7;background:#f8f9fa;border-right-width:3px;
 border-bottom-width:3px;border-color:#c4c7c5}
.grid th.v{z-index:2}
.grid th.number{z-index:2;vertical-align:middle}
.grid thead th.fc{z-index:6}
.grid td{background-color:#fff;padding:0 3px;height:inherit;vertical-align:bottom;
 white-space:pre;overflow:hidden;line-height:1.25;padding-bottom:2px}
.grid td:has(>.clip){overflow:visible}
.grid .fc{position:sticky;z-index:3}
.grid .fr>*{position:sticky;top:var(--top);z-index:4}
.grid .fr>.fc,.grid .fr>.number,.grid .fr>.v{z-index:5}
.grid .fcl{border-right:3px solid #bdc1c6!important}
.grid .frl>*{border-bottom:3px solid #bdc1c6!important}
.clip{position:relative;z-index:1;overflow:hidden;max-height:100%}
.grid a{color:#1155cc;text-decoration:underline}
.noted{position:relative}
.noted::after{content:"";position:absolute;top:0;right:0;border-top:7px solid #5f6368;
 border-left:7px solid transparent}
.grid .fr>.noted{position:sticky}
.box{width:14px;height:14px;color:#5f6368;vertical-align:-2px;display:block;margin:auto}
.chip{display:inline-block;border-radius:9px;padding:0 7px;line-height:16px;max-width:100%;
 overflow:hidden;vertical-align:bottom}
.chip.drop{background:rgba(60,64,67,.11);position:relative;padding-right:18px;min-width:22px;
 height:16px}
.chip.drop.blank{background:none;float:right}
.chip .arrow{position:absolute;right:6px;font-size:10px;color:#444746}
.grid a.chip.smart,.chip.smart{border:1px solid #c4c7c5;background:#fff;color:#1f1f1f;
 text-decoration:none;line-height:15px}
.mark{width:9px;height:11px;margin-right:3px;vertical-align:-1px}
.spark{display:block}
.grid img{display:block;margin:auto}
.filtered{position:relative}
.grid .fr>.filtered{position:sticky}
.filter{position:absolute;right:3px;bottom:2px;width:15px;height:15px;z-index:2}
.strips th{height:20px}
.grid th.strip{border:none;background:#f8f9fa;padding:0}
.strip.line::before{content:"";position:absolute;background:#80868b}
.strip.h.line::before{left:0;right:0;top:9px;height:1px}
.strip.v.line::before{top:0;bottom:0;left:9px;width:1px}
.strip.first::after,.strip.last::after{content:"";position:absolute;background:#80868b}
.strip.h::after{top:9px;width:1px;height:6px}
.strip.v::after{left:9px;height:1px;width:6px}
.strip.h.first::after{left:0}
.strip.h.last::after{right:0}
.strip.v.first::after{top:0}
.strip.v.last::after{bottom:0}
.gap-before::before,.gap-after::after{position:absolute;font-size:8px;color:#5f6368}
.gap-before::before{content:"▸";left:1px}
.gap-after::after{content:"◂";right:1px}
.number.gap-before::before{content:"▾";top:-2px;left:auto;right:3px}
.number.gap-after::after{content:"▴";bottom:-2px;right:3px}
.strip b{display:inline-block;width:14px;height:14px;line-height:12px;border:1px solid #80868b;
 border-radius:2px;background:#fff;font-weight:normal}
footer{display:flex;align-items:stretch;background:#f9fbfd;border-top:1px solid #e1e3e6;
 height:40px;padding-left:12px;font-size:13px}
footer span,footer a{padding:0 14px;line-height:38px;color:#444746;text-decoration:none;
 border-bottom:3px solid transparent}
footer a.shown{background:#e1e9f7;color:#0b57d0;font-weight:bold}
"""

# The part of the address behind the # never reaches a server, so the tab is chosen here.
SCRIPT = """
function choose(){
 const wanted=(location.hash.match(/gid=(\\d+)/)||[])[1];
 const all=[...document.querySelectorAll('section')];
 const one=all.find(s=>s.dataset.gid===wanted)||all.find(s=>s.classList.contains('first'));
 all.forEach(s=>s.classList.toggle('shown',s===one));
 document.querySelectorAll('footer a').forEach(
  a=>a.classList.toggle('shown',a.dataset.gid===one.dataset.gid));
 document.querySelector('.bar .content').textContent=one.dataset.first;
}
addEventListener('hashchange',choose);choose();
"""

ICON = (
    '<svg viewBox="0 0 30 40"><path d="M3 0h17l10 10v27a3 3 0 0 1-3 3H3a3 3 0 0 1-3-3V3a3 3 0 0 '
    '1 3-3z" fill="#188038"/><path d="M20 0l10 10H20z" fill="#0d652d"/><path d="M7 18h16v15H7z" '
    'fill="#fff"/><path d="M9 20h5v3H9zm7 0h5v3h-5zm-7 5h5v2H9zm7 0h5v2h-5zm-7 4h5v2H9zm7 '
    '0h5v2h-5z" fill="#188038"/></svg>'
)
MENU = ("File", "Edit", "View", "Insert", "Format", "Data", "Tools", "Extensions", "Help")
TOOLS = (
    "↶",
    "↷",
    "100% ▾",
    "",
    "$",
    "%",
    ".0←",
    ".00→",
    "123 ▾",
    "",
    "Arial ▾",
    "",
    "−  10  +",
    "",
    "B",
    "I",
    "S",
    "A",
    "",
    "▦",
    "≡ ▾",
    "⊥ ▾",
    "↵ ▾",
    "",
    "▽ ▾",
    "Σ ▾",
)
