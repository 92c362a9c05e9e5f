/// Style sheet of a report, in the page itself.
///
/// Newer properties (`text-wrap`, `line-clamp`, `::details-content`) only decorate; where a browser lacks them, nothing is
/// lost. Sizes are those of the design: text from 12 px, rules of 1 or 3 px, no boxes, shadows or icons.
enum StyleSheet {
    static let element = HTML(styles: [page, tables, marks, cards, phone, print])

    /// The page, its head and its lists.
    private static let page: StaticString = """
        :root { --sans: -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", \
        "Liberation Sans", Arial, sans-serif; \
        --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace }
        * { box-sizing: border-box }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100% }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 var(--sans); \
        font-variant-numeric: tabular-nums lining-nums }
        h1, h2, h3, p, ul, dl, dd, figure { margin: 0; padding: 0 }
        h1, h2, h3, p, figcaption { overflow-wrap: anywhere }
        ul { list-style: none }
        a { color: inherit; text-decoration: underline; text-decoration-color: var(--grey); \
        text-decoration-thickness: 1px; text-underline-offset: 3px }
        a:hover { text-decoration-color: currentColor }
        :focus-visible { outline: 2px solid var(--good); outline-offset: 2px }
        code, pre { font-family: var(--mono) }
        code { font-size: .92em; overflow-wrap: anywhere }
        .id { font-weight: 600; overflow-wrap: anywhere }
        .named { font-family: var(--mono); font-size: .9em }
        .skip { position: absolute; left: -999em }
        .skip:focus { left: 16px; top: 8px; background: var(--paper); padding: 4px 8px }
        .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); \
        white-space: nowrap }
        .page { max-width: 1160px; margin: 0 auto; padding: 32px 40px 64px }
        .eyebrow, .subtitle, .sub { font-size: 13px; color: var(--ink2) }
        .eyebrow b { color: var(--ink) }
        h1 { font-size: 30px; line-height: 1.2; letter-spacing: -.012em; margin: 6px 0 10px; text-wrap: balance }
        h2 { font-size: 20px; line-height: 1.25; letter-spacing: -.005em }
        h3 { font-size: 15px; line-height: 1.35 }
        .subtitle { max-width: 72em }
        .sub { max-width: 64em }
        .meta { font-size: 13px; font-weight: 400; color: var(--ink2) }
        .meta .id, .sub .id { font-weight: 400 }
        .needs { display: grid; grid-template-columns: repeat(auto-fit, minmax(0, 1fr)); gap: 0 40px; \
        margin-top: 28px; border-top: 3px solid var(--ink) }
        .need { padding-top: 10px }
        .need h2 { font-size: 15px; margin-bottom: 4px }
        .need li { padding: 8px 0; border-top: 1px solid var(--hair); font-size: 14px; line-height: 1.45 }
        .need li:first-child { border-top: 0 }
        .why { display: block; color: var(--ink2) }
        .quiet { font-size: 14px; color: var(--ink2); padding: 4px 0 }
        .since { font-size: 12px; color: var(--ink2); white-space: nowrap }
        .verdict { font-weight: 700 }
        .verdict svg { width: 10px; height: 10px; margin-right: 7px; vertical-align: -.5px; overflow: visible }
        .verdict .id { font-weight: 700 }
        .verdict .full { fill: currentColor }
        .verdict .ring { fill: none; stroke: currentColor; stroke-width: 2 }
        .verdict .dashed { stroke-dasharray: 2.4 2.4 }
        .verdict.good { color: var(--good) } .verdict.bad { color: var(--bad) } .verdict.warn { color: var(--warn) }
        .verdict.und { color: var(--ink2) }
        footer { margin-top: 32px; border-top: 1px solid var(--hair); padding-top: 10px; font-size: 13px; \
        color: var(--ink2); overflow-wrap: anywhere }
        """

    /// Tables, and the plots that are columns of them.
    private static let tables: StaticString = """
        table { border-collapse: collapse; width: 100%; font-size: 14px; line-height: 1.35 }
        .flow { table-layout: fixed }
        th { font-weight: 400; text-align: left }
        thead th { font-size: 12px; color: var(--ink2); vertical-align: bottom; padding: 10px 10px 6px 0; \
        border-bottom: 1px solid var(--ink3) }
        tbody td, tbody th { padding: 7px 10px 7px 0; border-bottom: 1px solid var(--hair); vertical-align: middle }
        td:last-child, th:last-child { padding-right: 0 }
        .right { text-align: right }
        .plain { width: auto; min-width: 60% }
        .plain td, .plain th { padding-right: 20px; white-space: nowrap }
        .plain .id { overflow-wrap: normal }
        .total th, .total td { font-weight: 700 }
        td.lift { font-size: 15px; white-space: nowrap }
        td.lift.good, td.lift.bad { font-weight: 700 }
        .lift.good, .reads.good { color: var(--good) } .lift.bad, .reads.bad { color: var(--bad) }
        .reads { color: var(--ink2) } .reads.good, .reads.bad, .reads.warn { font-weight: 600 }
        .reads.warn { color: var(--warn) }
        td.interval { color: var(--ink2) }
        .ends { white-space: nowrap }
        .low, .high { display: inline-block; min-width: 2.75em; text-align: right }
        .high { min-width: 3.55em; text-align: left }
        .words { font-size: 13px }
        .list .a-name .id { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; line-clamp: 2; \
        overflow: hidden }
        .list .a-name .meta { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; line-clamp: 2; \
        overflow: hidden }
        .list .meta .id { display: inline }
        .a-name .meta { display: block }
        .list col:nth-child(1) { width: 13% } .list col:nth-child(2) { width: 20% } .list col:nth-child(3) { width: 7% }
        .list col:nth-child(5) { width: 13.5% } .list col:nth-child(6) { width: 12.5% }
        .list col:nth-child(7) { width: 7% } .list col:nth-child(8) { width: 5% }
        .plotted col:nth-child(1) { width: 19% } .plotted col:nth-child(2), .plotted col:nth-child(3) { width: 8% }
        .plotted col:nth-child(4) { width: 7% } .plotted col:nth-child(6), .plotted col:nth-child(7) { width: 13% }
        .plotted col:nth-child(8) { width: 9% }
        .short col:nth-child(1) { width: 24% } .short col:nth-child(2) { width: 11% }
        .short col:nth-child(3) { width: 10% } .short col:nth-child(4) { width: 38% } .short col:nth-child(5) { width: 17% }
        th.plot, td.plot { position: relative; padding: 0 }
        td.plot { height: 40px } th.plot { height: 34px } td.foot { height: 30px; border: 0 }
        .forest { position: absolute; top: 0; left: 18px; width: calc(100% - 48px); height: 100%; overflow: visible }
        td.plot .forest { overflow: hidden }
        td.foot .forest, td.plot .forest:has(.limit-label) { overflow: visible }
        .grouped th { padding: 14px 0 4px; border-bottom: 0 }
        .grouped .meta { margin-left: 8px }
        .arm .a-name { padding-left: 14px }
        .arm .a-name .id { font-weight: 400 }
        .scroll { overflow-x: auto }
        """

    /// Charts: grey until the interval that holds at every look is clear; colour means direction, nothing else.
    private static let marks: StaticString = """
        .tick { font-size: 12px; fill: var(--ink2); text-anchor: middle }
        .tick.end, .value.end { text-anchor: end }
        .tick.origin { fill: var(--ink) }
        .margin-label { fill: var(--warn) }
        .limit-label { font-size: 12px; fill: var(--warn) } .limit-label.end { text-anchor: end }
        .note { font-size: 12px; fill: var(--ink2) }
        .halo { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round }
        .value { font-size: 14px; font-weight: 700; fill: var(--ink) }
        .grid { stroke: var(--hair) } .zero { stroke: var(--ink2) } .base { stroke: var(--ink3) }
        .planned { stroke: var(--ink3); stroke-dasharray: 2 3 }
        .margin { stroke: var(--warn); stroke-width: 1.5; stroke-dasharray: 5 3 }
        .fence { fill: var(--bad-wash) } .zone { fill: var(--grey-wash); opacity: .7 }
        .loose { overflow: visible }
        .open { stroke-dasharray: 3 3 }
        .line, .slit { stroke-width: 1.5 } .slit { stroke: var(--paper) } .dot { fill: var(--paper); stroke-width: 2 }
        .und .line, .und .dot { stroke: var(--grey) } .und .bar, .und .arrow { fill: var(--grey) }
        .good .line, .good .dot { stroke: var(--good) } .good .bar, .good .arrow { fill: var(--good) }
        .bad .line, .bad .dot { stroke: var(--bad) } .bad .bar, .bad .arrow { fill: var(--bad) }
        .warn .dot { stroke: var(--warn) }
        g .arrow.cut { fill: var(--paper) }
        .band { stroke: none; fill: var(--grey-wash) }
        .good .band { fill: var(--good-wash) } .bad .band { fill: var(--bad-wash) }
        .estimate { fill: none; stroke: var(--grey); stroke-width: 2; stroke-linejoin: round; \
        vector-effect: non-scaling-stroke }
        .good .estimate { stroke: var(--good) } .bad .estimate { stroke: var(--bad) }
        .warn .estimate { stroke: var(--warn) }
        .good .value { fill: var(--good) } .bad .value { fill: var(--bad) } .warn .value { fill: var(--warn) }
        .column { fill: var(--grey) }
        .partial { fill: none; stroke: var(--grey) }
        .chart { display: block; width: 100%; overflow: visible }
        .key, .sample { vertical-align: -2px; margin-right: 5px }
        .sample { vertical-align: 0 }
        """

    /// Cards, their facts and folds, and the appendix.
    private static let cards: StaticString = """
        .index { margin-top: 40px }
        .index h2 { margin-bottom: 2px }
        .card { margin-top: 56px; border-top: 3px solid var(--ink); padding-top: 12px }
        .card h2 { font-size: 24px; margin: 2px 0 6px; overflow-wrap: anywhere }
        .card h2 .id { font-weight: 700 }
        .say { font-size: 19px; line-height: 1.4; max-width: 46em; text-wrap: pretty; overflow-wrap: anywhere }
        .rule, .problems { font-size: 13px; color: var(--ink2); max-width: 66em; margin-top: 8px }
        .problems b { color: var(--warn) }
        .facts { display: grid; grid-template-columns: repeat(5, minmax(0, 1fr)); gap: 12px 28px; margin-top: 18px; \
        font-size: 14px; line-height: 1.4 }
        .facts dt { font-size: 12px; color: var(--ink2) }
        .effects { margin-top: 28px }
        .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(320px, 1fr)); gap: 26px 56px; \
        margin-top: 30px }
        .figures figure { min-width: 0; max-width: 640px }
        @media (min-width: 900px) { .figures:has(> :nth-child(4):last-child) { grid-template-columns: 1fr 1fr } }
        figcaption .sub { display: block }
        .framed { padding: 14px 60px 24px 52px }
        .panel { display: flex; justify-content: space-between; gap: 12px; font-size: 13px; margin: 12px 0 6px }
        .panel .meta { white-space: nowrap }
        .columns:not(dl) + .panel { margin-top: 14px }
        .folds { margin-top: 34px; border-bottom: 1px solid var(--hair) }
        details { border-top: 1px solid var(--hair) }
        summary { position: relative; cursor: pointer; padding: 9px 0 9px 22px; list-style: none; font-size: 14px }
        summary::-webkit-details-marker { display: none }
        summary::before { content: ""; position: absolute; left: 4px; top: 15px; width: 7px; height: 7px; \
        border: solid var(--ink3); border-width: 0 2px 2px 0; transform: rotate(-45deg) }
        details[open] > summary::before { transform: rotate(45deg); top: 13px }
        summary b { font-weight: 600 }
        summary .meta { margin-left: 8px }
        .inside { padding: 0 0 20px 22px }
        .inside p { font-size: 13px; color: var(--ink2); max-width: 66em; margin: 2px 0 8px }
        pre { font-size: 12.5px; line-height: 1.5; background: var(--wash); padding: 12px 14px; margin: 6px 0 10px; \
        overflow-x: auto }
        .unread { margin-top: 30px; padding: 12px 16px 14px; border: 1px dashed var(--grey); \
        background: repeating-linear-gradient(135deg, transparent 0 6px, var(--wash) 6px 12px) }
        .unread h3, .unread td, .unread th, .unread td.lift { color: var(--ink2); font-weight: 400 }
        .unread h3 { font-weight: 700 }
        .unread .effects { margin-top: 8px }
        .unread .line, .unread .slit { stroke-dasharray: 3 2 } .unread .slit { stroke: var(--grey) }
        .unread .bar { fill: var(--paper); stroke: var(--grey); stroke-width: 1.2 }
        .unread .dot { stroke-width: 1.2 }
        .up { font-size: 13px; margin-top: 12px }
        .appendix { margin-top: 64px; border-top: 3px solid var(--ink); padding-top: 12px; font-size: 14px }
        dl.columns { columns: 2; column-gap: 56px; margin-top: 4px }
        dl.columns div { break-inside: avoid; padding-top: 10px }
        dl.columns dt { font-weight: 600 }
        dl.columns dd { color: var(--ink2) }
        .methods { margin-top: 16px }
        """

    /// A phone: every row becomes a small block, the plot takes the full width.
    private static let phone: StaticString = """
        @media screen and (max-width: 760px) {
        .page { padding: 20px 18px 48px }
        h1 { font-size: 25px }
        .say { font-size: 18px }
        .needs { grid-template-columns: minmax(0, 1fr) }
        .need + .need { border-top: 1px solid var(--ink3); margin-top: 10px }
        .facts { grid-template-columns: repeat(2, minmax(0, 1fr)) }
        .figures { grid-template-columns: minmax(0, 1fr) }
        .framed { padding: 12px 54px 22px 46px }
        .inside { padding-left: 0 }
        .unread { padding: 10px 12px }
        dl.columns { columns: 1 }
        .flow, .flow thead, .flow tbody, .flow tr, .flow td, .flow th { display: block }
        .flow colgroup, .flow tfoot { display: none }
        .flow thead th { display: none }
        .flow thead th.plot { display: block; border-bottom: 1px solid var(--ink3) }
        .flow tbody tr { display: grid; gap: 0 12px; align-items: baseline; padding: 11px 0 9px; \
        border-bottom: 1px solid var(--hair) }
        .flow tbody td, .flow tbody th { border: 0; padding: 0; text-align: left }
        .flow .forest { left: 0; width: 100% }
        .flow td.plot { grid-area: plot; height: 28px; margin: 3px 0 1px; align-self: stretch }
        .flow td.plot:has(.limit-label) { height: 38px }
        .flow .a-name { grid-area: name } .flow td.a-lift { grid-area: lift; text-align: right }
        .low, .high { min-width: 0 }
        .flow .words { overflow-wrap: anywhere }
        .list tbody tr { grid-template: "verdict days" auto "name lift" auto "name always" auto "plot plot" auto \
        "health units" auto / minmax(0, 1fr) auto }
        .list .a-verdict { grid-area: verdict } .list td.a-days { grid-area: days; text-align: right }
        .list td.a-always { grid-area: always; text-align: right } .list .a-health { grid-area: health }
        .list td.a-units { grid-area: units; text-align: right }
        .list .a-days::after { content: " days"; color: var(--ink2); font-size: 13px }
        .list .a-units data::after { content: " units"; color: var(--ink2); font-size: 13px }
        .list tbody tr.blank { grid-template: "verdict days" auto "name name" auto "health units" auto \
        / minmax(0, 1fr) auto }
        .list tr.blank .a-plot, .list tr.blank .a-lift, .list tr.blank .a-always { display: none }
        .plotted tbody tr { grid-template: "name name name reads" auto "plot plot plot plot" auto \
        "control treatment . lift" auto "once once once always" auto / max-content max-content minmax(0, 1fr) auto; \
        column-gap: 6px }
        .plotted .a-control { grid-area: control } .plotted .a-treatment { grid-area: treatment }
        .plotted .a-treatment::before { content: "→ "; color: var(--ink2) }
        .plotted td.a-reads { grid-area: reads; text-align: right }
        .plotted .a-once { grid-area: once } .plotted td.a-always { grid-area: always; text-align: right }
        .short tbody tr { grid-template: "name name lift" auto "plot plot plot" auto "treatment once once" auto \
        / auto minmax(0, 1fr) auto }
        .short .a-treatment::before { content: "saves " }
        .short td.a-once { text-align: right }
        .flow tbody tr.grouped { display: block; padding: 14px 0 0; border: 0 }
        .arm .a-name { padding-left: 0 }
        .plain { min-width: 100% }
        }
        """

    /// Paper: white, folds open, a card a page.
    private static let print: StaticString = """
        @media print {
        @page { size: A4; margin: 14mm 13mm 16mm }
        body { font-size: 10.5pt; -webkit-print-color-adjust: exact; print-color-adjust: exact }
        .page { max-width: none; padding: 0 }
        a { text-decoration: none }
        .up, .skip, .no-print { display: none }
        h1 { font-size: 18pt } h2 { font-size: 14pt } .card h2 { font-size: 16pt } .say { font-size: 12.5pt }
        h3, .need h2 { font-size: 10.5pt }
        .eyebrow, .subtitle, .sub, .rule, .problems, .meta, .since { font-size: 8pt }
        .need li, .quiet, summary, .panel, .facts { font-size: 8.8pt } .facts dt { font-size: 7.8pt }
        .appendix, .inside p { font-size: 8.6pt } footer { font-size: 7.8pt }
        table { font-size: 8.3pt } td.lift { font-size: 8.6pt } thead th, .words { font-size: 7.6pt }
        td.interval { font-size: 7.8pt } .tick, .note, .limit-label { font-size: 7.8pt } .value { font-size: 9.5pt }
        tbody td, tbody th { padding: 3px 6px 3px 0 } thead th { padding: 6px 6px 4px 0 }
        td.plot { height: 27px }
        .low { min-width: 2.6em } .high { min-width: 3em }
        .sample { display: none }
        .needs { margin-top: 14px; gap: 0 24px } .need li { padding: 5px 0 6px; line-height: 1.35 }
        .index { margin-top: 20px } .facts { margin-top: 12px; gap: 8px 20px } .effects, .folds { margin-top: 16px }
        .figures { margin-top: 18px; gap: 16px 32px; grid-template-columns: repeat(auto-fit, minmax(240px, 1fr)) }
        .unread { margin-top: 16px; padding: 8px 12px }
        .card { break-before: page; margin-top: 0 }
        .appendix { break-before: page; margin-top: 0 }
        figure, tr, .facts, .panel, .need li, pre, .inside table { break-inside: avoid }
        h2, h3, summary, figcaption, .inside p { break-after: avoid }
        thead { display: table-header-group }
        details:not([open]) { display: none }
        summary { padding: 6px 0 4px } summary::before { display: none }
        .inside { padding: 0 0 8px }
        .scroll { overflow: visible }
        .plain td, .plain th { white-space: normal; padding-right: 10px }
        }
        """
}
