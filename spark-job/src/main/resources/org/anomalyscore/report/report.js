/* Draws the figures from the page's JSON, sorts the tables, switches theme and comparison. */
(function () {
  'use strict';
  const data = JSON.parse(document.getElementById('data').textContent);
  const figures = new Map();
  data.comparisons.forEach(group => group.sets.forEach((set, index) =>
    figures.set(String(set.id), { set, group, reference: group.sets[0], index })));
  data.parts.forEach(figure => figures.set(figure.id, figure.data));

  // Colours and dashes: lines differ in both, so that no colour has to be told from another.
  const OKABE_ITO = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#8a7a00', '#777777'];
  const DASHES = ['solid', 'dashed', 'dotted', [8, 3, 2, 3]];
  const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond'];

  function colours() {
    const style = getComputedStyle(document.documentElement);
    const colour = name => style.getPropertyValue('--' + name).trim();
    return Object.fromEntries(
      ['back', 'ink', 'quiet', 'line', 'set', 'reference', 'chance', 'cross', 'bad', 'low', 'middle', 'high']
        .map(name => [name, colour(name)]));
  }

  function escaped(text) {
    return String(text).replace(/[&<>"']/g, c => '&#' + c.charCodeAt(0) + ';');
  }

  const number = (x, digits) => x === null || x === undefined ? '–' : Number(x.toPrecision(digits || 4)).toString();
  const percent = x => number(100 * x, 3) + ' %';
  const day = time => new Date(time).toISOString().slice(0, 16).replace('T', ' ');

  function axis(c, name, more) {
    return Object.assign({
      type: 'value', name, nameLocation: 'middle', nameTextStyle: { color: c.quiet },
      axisLine: { show: true, lineStyle: { color: c.quiet } }, axisTick: { show: true },
      axisLabel: { color: c.quiet, hideOverlap: true }, splitLine: { lineStyle: { color: c.line, opacity: 0.6 } }
    }, more);
  }

  function base(c, more) {
    return Object.assign({
      animation: false, backgroundColor: 'transparent',
      textStyle: { color: c.ink, fontFamily: 'system-ui, sans-serif' },
      tooltip: { trigger: 'item', confine: true, backgroundColor: c.back, borderColor: c.line, textStyle: { color: c.ink } },
      legend: { top: 0, left: 0, itemWidth: 28, textStyle: { color: c.ink, overflow: 'truncate', width: 180 } }
    }, more);
  }

  const horizontal = { nameGap: 28 };

  /** Values at ranks of the grid as points of the distribution function; ranks as in Quantiles.java. */
  function curve(values, n) {
    const steps = data.steps;
    return values.map((x, j) => [x, ((n - 1 <= steps ? j : Math.ceil(j * (n - 1) / steps)) + 1) / n]);
  }

  function cdf(of, key, name, c) {
    const lines = [of.reference, of.set].filter(s => s[key]);
    const tails = lines.map(s => [s[key][Math.floor(0.005 * (s[key].length - 1))], s[key][Math.ceil(0.995 * (s[key].length - 1))]]);
    const low = Math.min(...tails.map(t => t[0])), high = Math.max(...tails.map(t => t[1]));
    const margin = (high - low || Math.abs(low) || 1) * 0.05;
    const series = lines.map(s => {
      const isSet = s === of.set;
      const points = curve(s[key], s.n);
      return {
        type: 'line', name: isSet ? s.name : 'reference', symbol: 'none', step: s.n - 1 <= data.steps ? 'end' : false,
        data: [[Math.min(low - margin, points[0][0]), 0], [points[0][0], 0], ...points, [Math.max(high + margin, points[points.length - 1][0]), 1]],
        itemStyle: { color: isSet ? c.set : c.reference },
        lineStyle: { width: isSet ? 3 : 2, type: isSet ? 'solid' : 'dashed', color: isSet ? c.set : c.reference }
      };
    });
    return base(c, {
      legend: { top: 0, left: 0, itemWidth: 34, itemStyle: { opacity: 0 }, textStyle: { color: c.ink, overflow: 'truncate', width: 120 } },
      grid: { left: 52, right: 16, top: 34, bottom: 46 },
      tooltip: {
        trigger: 'axis', confine: true, backgroundColor: c.back, borderColor: c.line, textStyle: { color: c.ink },
        formatter: items => escaped(name) + ' ' + number(items[0].value[0]) + items.map(i => '<br>' + escaped(i.seriesName) + ': ' + percent(i.value[1])).join('')
      },
      xAxis: axis(c, name, Object.assign({ min: low - margin, max: high + margin, axisLabel: { color: c.quiet, hideOverlap: true, showMinLabel: false, showMaxLabel: false, formatter: x => number(x, 3) } }, horizontal)),
      yAxis: axis(c, 'share of images', { min: 0, max: 1, nameGap: 38, axisLabel: { color: c.quiet, formatter: percent } }),
      series
    });
  }

  /** Cells are merged where a set is too small to fill them. */
  const factor = n => n <= 200 ? 4 : n <= 2000 ? 2 : 1;

  function cells(set, by) {
    const side = data.side, merged = new Map();
    for (let i = 0; i < set.joint.length; i += 2) {
      const bin = set.joint[i];
      const key = Math.floor(Math.floor(bin / side) / by) * side + Math.floor((bin % side) / by);
      merged.set(key, (merged.get(key) || 0) + set.joint[i + 1]);
    }
    return [...merged].map(([key, count]) => [Math.floor(key / side), key % side, count / set.n]);
  }

  function joint(of, c, width) {
    const narrow = width < 560;
    const by = factor(Math.min(of.set.n, of.reference.n || of.set.n)), count = data.side / by;
    const [cLow, cHigh, vLow, vHigh] = of.group.axes;
    const cell = [(cHigh - cLow) / count, (vHigh - vLow) / count];
    const panels = [of.reference, of.set].map(s => cells(s, by));
    const most = Math.max(...panels.flat().map(p => p[2]));
    const place = narrow
      ? [{ left: 52, right: 16, top: 26, height: 210 }, { left: 52, right: 16, top: 316, height: 210 }]
      : [{ left: 52, width: '41%', top: 26, bottom: 96 }, { right: 16, width: '41%', top: 26, bottom: 96 }];
    return base(c, {
      legend: { show: false },
      title: [of.reference, of.set].map((s, i) => ({
        text: i ? s.name : 'reference', top: narrow && i ? 290 : 0, left: narrow || !i ? 48 : '54%',
        textStyle: { color: c.ink, fontSize: 13, width: Math.max(80, (narrow ? width : width / 2) - 80), overflow: 'truncate' }
      })),
      grid: place,
      xAxis: [0, 1].map(gridIndex => axis(c, 'C (radians)', Object.assign({ gridIndex, min: cLow, max: cHigh, axisLabel: { color: c.quiet, hideOverlap: true, showMinLabel: false, showMaxLabel: false, formatter: x => number(x, 3) } }, horizontal))),
      yAxis: [0, 1].map(gridIndex => axis(c, 'V', { gridIndex, min: vLow, max: vHigh, nameGap: 36, axisLabel: { color: c.quiet, hideOverlap: true, showMinLabel: false, showMaxLabel: false, formatter: x => number(x, 3) } })),
      visualMap: {
        type: 'continuous', min: 0, max: most, dimension: 2, seriesIndex: [0, 1], orient: 'horizontal', left: 'center', bottom: 0,
        calculable: false, itemWidth: 12, itemHeight: 140, text: [percent(most) + ' of the images', '0'], textStyle: { color: c.quiet },
        inRange: { color: [c.low, c.middle, c.high] }
      },
      series: panels.map((points, i) => ({
        type: 'custom', xAxisIndex: i, yAxisIndex: i, data: points, encode: { x: 0, y: 1, tooltip: 2 },
        tooltip: { formatter: p => 'C ' + number(cLow + p.value[0] * cell[0], 3) + ' to ' + number(cLow + (p.value[0] + 1) * cell[0], 3) + '<br>V ' + number(vLow + p.value[1] * cell[1], 3) + ' to ' + number(vLow + (p.value[1] + 1) * cell[1], 3) + '<br>' + percent(p.value[2]) },
        renderItem: (params, api) => {
          const a = api.coord([cLow + api.value(0) * cell[0], vLow + api.value(1) * cell[1]]);
          const b = api.coord([cLow + (api.value(0) + 1) * cell[0], vLow + (api.value(1) + 1) * cell[1]]);
          return { type: 'rect', shape: { x: a[0], y: b[1], width: b[0] - a[0], height: a[1] - b[1] }, style: { fill: api.visual('color') } };
        }
      }))
    });
  }

  function histogram(of, c) {
    const by = factor(of.set.n), low = of.group.axes[4], high = of.group.axes[5];
    const shares = s => {
      const merged = [];
      for (let i = 0; i < s.a.length; i += by) merged.push(s.a.slice(i, i + by).reduce((sum, x) => sum + x, 0) / s.n);
      return merged;
    };
    const bars = shares(of.set), width = (high - low) / bars.length, edge = i => low + i * width;
    const outline = of.reference.a ? shares(of.reference) : [];
    return base(c, {
      legend: {
        top: 0, left: 0, itemWidth: 34, textStyle: { color: c.ink, overflow: 'truncate', width: 120 },
        data: [{ name: of.set.name }, { name: 'reference', itemStyle: { opacity: 0 } }]
      },
      grid: { left: 52, right: 16, top: 34, bottom: 46 },
      xAxis: axis(c, 'AS-i', Object.assign({ min: low, max: high, axisLabel: { color: c.quiet, hideOverlap: true, showMinLabel: false, showMaxLabel: false, formatter: x => number(x, 3) } }, horizontal)),
      yAxis: axis(c, 'share of images', { min: 0, nameGap: 38, axisLabel: { color: c.quiet, formatter: percent } }),
      series: [{
        type: 'custom', name: of.set.name, itemStyle: { color: c.set }, data: bars.map((y, i) => [edge(i), y]), encode: { x: 0, y: 1 },
        tooltip: { formatter: p => number(p.value[0]) + ' to ' + number(p.value[0] + width) + '<br>' + percent(p.value[1]) },
        renderItem: (params, api) => {
          const a = api.coord([api.value(0), 0]), b = api.coord([api.value(0) + width, api.value(1)]);
          return { type: 'rect', shape: { x: a[0] + 0.5, y: b[1], width: Math.max(1, b[0] - a[0] - 1), height: a[1] - b[1] }, style: { fill: c.set, opacity: 0.75 } };
        }
      }, {
        type: 'line', name: 'reference', step: 'end', symbol: 'none', itemStyle: { color: c.reference },
        lineStyle: { type: 'dashed', width: 2, color: c.reference },
        data: outline.length ? [...outline.map((y, i) => [edge(i), y]), [high, outline[outline.length - 1]]] : []
      }]
    });
  }

  /** A whisker from low to high, at an index of a category axis or at a time. */
  function whisker(api, from, to, cap, upright, style) {
    const a = api.coord(from), b = api.coord(to);
    const line = (x1, y1, x2, y2) => ({ type: 'line', shape: { x1, y1, x2, y2 }, style });
    const ends = upright
      ? [line(a[0] - cap, a[1], a[0] + cap, a[1]), line(b[0] - cap, b[1], b[0] + cap, b[1])]
      : [line(a[0], a[1] - cap, a[0], a[1] + cap), line(b[0], b[1] - cap, b[0], b[1] + cap)];
    return { type: 'group', children: [line(a[0], a[1], b[0], b[1]), ...ends] };
  }

  function board(of, c, width) {
    const sets = of.sets;
    const at = sets.map((s, i) => [i, ...s.score]);
    const differs = s => s.score[5] !== null ? s.score[5] < 0.05 : s.score[4] !== null && s.score[0] > s.score[4];
    const names = Math.min(220, Math.max(90, width * 0.28));
    return base(c, {
      legend: { show: false },
      grid: { left: names + 12, right: 20, top: 8, bottom: 46 },
      xAxis: axis(c, 'AS', Object.assign({ min: 0 }, horizontal)),
      yAxis: {
        type: 'category', inverse: true, data: sets.map(s => s.name), axisTick: { show: false }, axisLine: { lineStyle: { color: c.quiet } },
        axisLabel: { color: c.ink, width: names, overflow: 'truncate', interval: 0 }
      },
      series: [{
        type: 'custom', silent: true, data: at.filter(p => p[5] !== null), encode: { x: 5, y: 0 },
        renderItem: (params, api) => {
          const a = api.coord([0, api.value(0)]), b = api.coord([api.value(5), api.value(0)]);
          return { type: 'rect', shape: { x: a[0], y: a[1] - 8, width: b[0] - a[0], height: 16 }, style: { fill: c.chance } };
        }
      }, {
        type: 'custom', silent: true, data: at.filter(p => p[4] !== null), encode: { x: 4, y: 0 },
        renderItem: (params, api) => {
          const [x, y] = api.coord([api.value(4), api.value(0)]), style = { stroke: c.cross, lineWidth: 2 };
          return { type: 'group', children: [[-4, -4, 4, 4], [-4, 4, 4, -4]].map(d => ({ type: 'line', style, shape: { x1: x + d[0], y1: y + d[1], x2: x + d[2], y2: y + d[3] } })) };
        }
      }, {
        type: 'custom', silent: true, data: at.filter(p => p[2] !== null && p[3] !== null), encode: { x: [2, 3], y: 0 },
        renderItem: (params, api) => whisker(api, [api.value(2), api.value(0)], [api.value(3), api.value(0)], 5, false, { stroke: c.set, lineWidth: 2 })
      }, {
        type: 'scatter', symbolSize: 11, encode: { x: 1, y: 0 },
        data: at.map((value, i) => ({ value, itemStyle: { color: differs(sets[i]) ? c.set : c.back, borderColor: c.set, borderWidth: 2, opacity: 1 } })),
        tooltip: { formatter: p => escaped(sets[p.value[0]].name) + '<br>AS ' + number(p.value[1]) + '<br>interval ' + number(p.value[2]) + ' to ' + number(p.value[3]) + '<br>chance ' + number(p.value[4]) + ', 95 % ' + number(p.value[5]) }
      }]
    });
  }

  /** Evaluations stand at equal distances, whatever time lay between them. */
  const times = (c, all) => Object.assign(axis(c, 'evaluated (UTC)'), {
    type: 'category', boundaryGap: true, nameGap: 40, data: [...new Set(all)].sort((a, b) => a - b),
    axisLabel: { color: c.quiet, hideOverlap: true, lineHeight: 15, formatter: t => day(Number(t)).replace(' ', '\n') }
  });

  function history(of, c) {
    const points = of.set.history.map(([t, ...rest]) => [String(t), ...rest]);
    return base(c, {
      grid: { left: 52, right: 20, top: 34, bottom: 62 },
      xAxis: times(c, points.map(p => p[0])), yAxis: axis(c, 'AS', { min: 0, nameGap: 38 }),
      series: [{
        type: 'line', name: 'AS', data: points.map(p => [p[0], p[1]]), symbol: 'circle', symbolSize: 8,
        itemStyle: { color: c.set }, lineStyle: { color: c.set, width: 2 },
        tooltip: { formatter: p => day(Number(p.value[0])) + '<br>AS ' + number(p.value[1]) }
      }, {
        type: 'line', name: 'chance 95 %', symbol: 'none', data: points.filter(p => p[4] !== null).map(p => [p[0], p[4]]),
        itemStyle: { color: c.quiet }, lineStyle: { type: 'dashed', color: c.quiet, width: 2 }
      }, {
        type: 'custom', silent: true, data: points.filter(p => p[2] !== null && p[3] !== null).map(p => [p[0], p[2], p[3]]), encode: { x: 0, y: [1, 2] },
        renderItem: (params, api) => whisker(api, [api.value(0), api.value(1)], [api.value(0), api.value(2)], 4, true, { stroke: c.set, lineWidth: 1.5 })
      }]
    });
  }

  function trend(of, c, width) {
    const room = Math.min(170, width * 0.3);
    const shown = of.sets.map(set => figures.get(String(set)).set);
    const grid = { left: 52, right: room, top: 12, bottom: 62 };
    const x = times(c, shown.flatMap(s => s.history.map(p => String(p[0]))));
    // Names at the right ends are kept a line apart here: the library leaves equal values on top of each other.
    const ends = shown.map((s, i) => ({ i, y: s.history[s.history.length - 1][1] })).sort((a, b) => b.y - a.y);
    const values = shown.flatMap(s => s.history.map(p => p[1]));
    const low = Math.max(0, Math.min(...values) - 0.02), high = Math.max(...values) + 0.02;
    const height = 340 - grid.top - grid.bottom, place = [];
    let last = -Infinity;
    ends.forEach(({ i, y }) => {
      const wanted = (high - y) / (high - low) * height;
      last = Math.max(wanted, last + 17);
      place[i] = last - wanted;
    });
    return base(c, {
      legend: { show: false }, grid,
      xAxis: x, yAxis: axis(c, 'AS', { min: low, max: high, nameGap: 38, axisLabel: { color: c.quiet, showMinLabel: false, showMaxLabel: false, formatter: v => number(v, 3) } }),
      series: shown.map((s, i) => {
        const colour = OKABE_ITO[i % OKABE_ITO.length];
        return {
          type: 'line', name: s.name, data: s.history.map(p => [String(p[0]), p[1]]), symbol: SYMBOLS[i % SYMBOLS.length], symbolSize: 9,
          itemStyle: { color: colour }, lineStyle: { color: colour, width: 2, type: DASHES[i % DASHES.length] },
          endLabel: { show: true, formatter: () => s.name, color: c.ink, width: room - 20, overflow: 'truncate', distance: 10, offset: [0, place[i]] },
          tooltip: { formatter: p => escaped(s.name) + '<br>' + day(Number(p.value[0])) + '<br>AS ' + number(p.value[1]) }
        };
      })
    });
  }

  function humans(of, c) {
    const sets = of.sets;
    return base(c, {
      legend: { show: false }, grid: { left: 52, right: 40, top: 16, bottom: 46 },
      xAxis: axis(c, 'human error rate', Object.assign({ scale: true }, horizontal)), yAxis: axis(c, 'AS', { min: 0, nameGap: 38 }),
      series: [{
        type: 'custom', silent: true, data: sets.filter(s => s.human[1] !== null).map(s => [s.human[0] - s.human[1], s.human[0] + s.human[1], s.score]), encode: { x: [0, 1], y: 2 },
        renderItem: (params, api) => whisker(api, [api.value(0), api.value(2)], [api.value(1), api.value(2)], 4, false, { stroke: c.set, lineWidth: 1.5 })
      }, {
        type: 'scatter', symbolSize: 10, itemStyle: { color: c.set }, data: sets.map(s => [s.human[0], s.score]),
        label: { show: true, position: 'top', color: c.ink, fontSize: 11, width: 110, overflow: 'truncate', formatter: p => sets[p.dataIndex].name },
        labelLayout: { hideOverlap: true },
        tooltip: { formatter: p => escaped(sets[p.dataIndex].name) + '<br>human error rate ' + number(p.value[0]) + '<br>AS ' + number(p.value[1]) }
      }]
    });
  }

  const isNarrow = width => width < 700;

  /** Means of C, V and AS-i by label, a panel each; the dashed line is the mean of all. */
  function labels(of, c, width) {
    const { labels: names, values, n, means, all } = of;
    const panels = ['C (radians)', 'V', 'AS-i'];
    const places = names.map((name, i) => values ? values[i] : i);
    const x = gridIndex => values
      ? axis(c, 'label', Object.assign({ gridIndex, scale: true, boundaryGap: ['5%', '5%'] }, horizontal))
      : {
        type: 'category', gridIndex, data: names, axisLine: { lineStyle: { color: c.quiet } },
        axisLabel: { color: c.ink, rotate: 45, width: 80, overflow: 'truncate', interval: 0, fontSize: 11 }
      };
    return base(c, {
      legend: { show: false },
      grid: panels.map((_, i) => isNarrow(width)
        ? { left: 60, right: 16, top: 12 + 280 * i, height: 180 }
        : { left: 6 + 33.3 * i + '%', width: '26%', top: 12, bottom: 90 }),
      xAxis: panels.map((_, i) => x(i)),
      yAxis: panels.map((name, i) => axis(c, name, { gridIndex: i, scale: true, nameGap: 44, axisLabel: { color: c.quiet, hideOverlap: true, formatter: v => number(v, 3) } })),
      series: panels.flatMap((name, i) => [{
        type: 'custom', silent: true, xAxisIndex: i, yAxisIndex: i, encode: { x: 0, y: [1, 2] },
        data: means[i].map((m, j) => [places[j], m[1], m[2]]).filter(p => p[1] !== null),
        renderItem: (params, api) => whisker(api, [api.value(0), api.value(1)], [api.value(0), api.value(2)], 4, true, { stroke: c.set, lineWidth: 2 })
      }, {
        type: 'scatter', xAxisIndex: i, yAxisIndex: i, symbolSize: 9, itemStyle: { color: c.set },
        data: means[i].map((m, j) => [places[j], m[0]]),
        markLine: { silent: true, symbol: 'none', precision: 12, label: { show: false }, lineStyle: { color: c.reference, type: 'dashed' }, data: [{ yAxis: all[i] }] },
        tooltip: { formatter: p => escaped(names[p.dataIndex]) + ', ' + n[p.dataIndex] + ' images<br>' + name + ' ' + number(means[i][p.dataIndex][0]) + '<br>interval ' + number(means[i][p.dataIndex][1]) + ' to ' + number(means[i][p.dataIndex][2]) }
      }])
    });
  }

  /** Rank correlations with people's labels, a line a measure; dots within groups are filled. */
  function calibration(of, c, width) {
    const names = Math.min(120, Math.max(80, width * 0.2));
    const rows = [[of.all, -0.15, c.back], ...of.within ? [[of.within, 0.15, c.set]] : []];
    const shift = of.within ? 1 : 0;
    return base(c, {
      legend: { show: false },
      grid: { left: names + 12, right: 20, top: 8, bottom: 46 },
      xAxis: axis(c, 'rank correlation with the label', Object.assign({ min: -1, max: 1 }, horizontal)),
      yAxis: {
        type: 'value', inverse: true, min: -0.5, max: of.measures.length - 0.5, interval: 1, show: true, axisTick: { show: false }, splitLine: { show: false },
        axisLabel: { show: false }, axisLine: { lineStyle: { color: c.quiet }, onZero: false }
      },
      series: [{
        type: 'custom', silent: true, data: of.measures.map((_, i) => [-1, i]), encode: { x: 0, y: 1 },
        renderItem: (params, api) => {
          const [x, y] = api.coord([-1, api.value(1)]);
          return { type: 'text', style: { text: of.measures[api.value(1)], x: x - 10, y, align: 'right', verticalAlign: 'middle', fill: c.ink, fontSize: 12 } };
        }
      }, {
        type: 'line', silent: true, symbol: 'none', data: [[0, -0.5], [0, of.measures.length - 0.5]], lineStyle: { color: c.quiet, type: 'dashed', width: 1 }
      }, ...rows.flatMap(([values, by, fill]) => [{
        type: 'custom', silent: true, encode: { x: [0, 1], y: 2 },
        data: values.map((v, i) => [v[1], v[2], i + by * shift]).filter(p => p[0] !== null && p[1] !== null),
        renderItem: (params, api) => whisker(api, [api.value(0), api.value(2)], [api.value(1), api.value(2)], 4, false, { stroke: c.set, lineWidth: 2 })
      }, {
        type: 'scatter', symbolSize: 10, itemStyle: { color: fill, borderColor: c.set, borderWidth: 2, opacity: 1 },
        data: values.map((v, i) => [v[0], i + by * shift, i]).filter(p => p[0] !== null),
        tooltip: { formatter: p => of.measures[p.value[2]] + (values === of.within ? ', within groups' : ', over all') + '<br>' + number(p.value[0]) + '<br>interval ' + number(values[p.value[2]][1]) + ' to ' + number(values[p.value[2]][2]) }
      }])]
    });
  }

  /** Means over seeds against a parameter; thin lines reach from the lowest to the highest seed. */
  function sweep(of, c) {
    const series = of.lines.flatMap(line => {
      const place = line.set - 1, isReference = line.set === 0;
      const color = isReference ? c.reference : OKABE_ITO[place % OKABE_ITO.length];
      return [{
        type: 'line', name: line.name, data: line.points.map(p => [p.place, p.mean]), symbolSize: 8,
        symbol: isReference ? 'circle' : SYMBOLS[place % SYMBOLS.length], itemStyle: { color },
        lineStyle: { color, width: 2, type: isReference ? 'dashed' : DASHES[place % DASHES.length] },
        tooltip: { formatter: i => escaped(line.name) + '<br>' + escaped(of.values[i.value[0]]) + ': ' + number(i.value[1]) + ' (' + number(line.points[i.dataIndex].low) + ' to ' + number(line.points[i.dataIndex].high) + ')' }
      }, {
        type: 'custom', name: line.name, silent: true, itemStyle: { color }, encode: { x: 0, y: [1, 2] },
        data: line.points.map(p => [p.place, p.low, p.high]),
        renderItem: (params, api) => whisker(api, [api.value(0), api.value(1)], [api.value(0), api.value(2)], 4, true, { stroke: color, lineWidth: 1 })
      }];
    });
    return base(c, {
      title: { text: of.title, top: 0, left: 0, textStyle: { color: c.ink, fontSize: 13 } },
      legend: { type: 'scroll', top: 22, left: 0, itemWidth: 34, textStyle: { color: c.ink, overflow: 'truncate', width: 120 } },
      grid: { left: 64, right: 16, top: 58, bottom: 30 },
      xAxis: { type: 'category', data: of.values, axisLine: { lineStyle: { color: c.quiet } }, axisLabel: { color: c.quiet, hideOverlap: true } },
      yAxis: axis(c, of.axis, { scale: true, nameGap: 46, axisLabel: { color: c.quiet, hideOverlap: true, formatter: v => number(v, 3) } }),
      series
    });
  }

  const kinds = {
    'cdf-c': (of, c) => cdf(of, 'c', 'complexity C (radians)', c),
    'cdf-v': (of, c) => cdf(of, 'v', 'vulnerability V', c),
    joint, hist: histogram, board, trend, history, humans, labels, calibration, sweep
  };
  const drawn = new Map();

  function draw(element) {
    const of = figures.get(element.dataset.set), kind = element.dataset.kind, width = element.clientWidth;
    if (!width) return;
    if (kind === 'board') element.style.height = 60 + 26 * of.sets.length + 'px';
    if (kind === 'calibration') element.style.height = 60 + 34 * of.measures.length + 'px';
    if (kind === 'trend') element.style.height = '340px';
    if (kind === 'labels') element.style.height = (isNarrow(width) ? 850 : 330) + 'px';
    if (kind === 'joint') element.style.height = (width < 560 ? 620 : 360) + 'px';
    let chart = drawn.get(element);
    if (!chart) {
      chart = echarts.init(element, null, { renderer: 'svg' });
      drawn.set(element, chart);
    } else {
      chart.resize();
    }
    chart.setOption(kinds[kind](of, colours(), width), true);
    // So that a print, which is narrower, shows it smaller and not cut.
    element.querySelector('svg').setAttribute('viewBox', '0 0 ' + width + ' ' + element.clientHeight);
    element.dataset.width = width;
  }

  // A hundred sets have five hundred figures: each is drawn when it comes near the window.
  const near = new IntersectionObserver(entries => entries.forEach(entry => {
    if (entry.isIntersecting) {
      near.unobserve(entry.target);
      draw(entry.target);
      sizes.observe(entry.target);
    }
  }), { rootMargin: '600px' });
  const sizes = new ResizeObserver(entries => entries.forEach(({ target }) => {
    if (target.clientWidth && String(target.clientWidth) !== target.dataset.width) draw(target);
  }));
  const redraw = () => drawn.forEach((chart, element) => draw(element));
  // Where nobody scrolls, as for a picture of the page or a print of it, none ever comes near: the first ones are drawn at once.
  const AT_ONCE = 40;
  const charts = [...document.querySelectorAll('.chart')];
  // What is folded has a width in some browsers, and no place on the screen.
  const isShown = element => element.checkVisibility ? element.checkVisibility() : element.clientWidth > 0;
  function drawFirst() {
    charts.filter(element => isShown(element) && !drawn.has(element)).slice(0, AT_ONCE).forEach(element => {
      draw(element);
      sizes.observe(element);
    });
  }
  charts.forEach(element => near.observe(element));
  addEventListener('beforeprint', () => charts.forEach(draw));

  function sort(button) {
    const head = button.closest('th'), place = [...head.parentNode.children].indexOf(head);
    const body = head.closest('table').tBodies[0], down = head.getAttribute('aria-sort') === 'ascending';
    const numeric = head.classList.contains('number');
    const key = row => {
      const text = row.cells[place].dataset.sort;
      return text === undefined ? null : numeric ? Number(text) : text;
    };
    const rows = [...body.rows].map((row, index) => ({ row, key: key(row), index }));
    rows.sort((a, b) => {
      if (a.key === null || b.key === null) return (a.key === null) - (b.key === null) || a.index - b.index;
      const order = numeric ? a.key - b.key : a.key.localeCompare(b.key, undefined, { numeric: true });
      return (down ? -order : order) || a.index - b.index;
    });
    [...head.parentNode.children].forEach(other => other.removeAttribute('aria-sort'));
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    body.append(...rows.map(({ row }) => row));
  }
  const tableOf = element => document.getElementById(element.dataset.table);

  /** Hides what does not have the text in its name: rows of the table, and the sets below it. */
  function filter(input) {
    const wanted = input.value.trim().toLowerCase();
    const hide = (element, name) => { element.hidden = !name.toLowerCase().includes(wanted); };
    const table = tableOf(input);
    [...table.tBodies[0].rows].forEach(row => hide(row, row.cells[0].textContent));
    table.closest('.comparison').querySelectorAll('details.set[data-name]').forEach(set => hide(set, set.dataset.name));
  }

  /** The table as it is shown now, with all columns; a name that a spreadsheet would compute is made a text. */
  function csv(table) {
    const field = text => {
      const shown = text.trim().replace(/^–$/, '');
      const safe = /^[=@\t\r]|^[+-](?!\d)/.test(shown) ? "'" + shown : shown;
      return '"' + safe.replace(/"/g, '""') + '"';
    };
    const rows = [...table.tHead.rows, ...table.tBodies[0].rows].filter(row => !row.hidden);
    return rows.map(row => [...row.cells].map(cell => field(cell.textContent)).join(',')).join('\r\n') + '\r\n';
  }

  function save(table) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob(['\ufeff' + csv(table)], { type: 'text/csv' }));
    link.download = table.id + '.csv';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  function moreColumns(button) {
    const all = tableOf(button).classList.toggle('all');
    button.setAttribute('aria-expanded', all);
    button.textContent = all ? 'Fewer columns' : 'More columns';
  }

  document.querySelectorAll('.tools').forEach(tools => { tools.hidden = false; });
  document.querySelectorAll('.tools input').forEach(input => input.addEventListener('input', () => filter(input)));
  document.querySelectorAll('.more-columns').forEach(button => button.addEventListener('click', () => moreColumns(button)));
  document.querySelectorAll('.csv').forEach(button => button.addEventListener('click', () => save(tableOf(button))));

  /** A picture's own file, if the browser may open it, and else its path. */
  const dialog = document.getElementById('picture');
  function showPicture(path) {
    const note = dialog.querySelector('.unreachable'), frame = dialog.querySelector('.frame');
    const local = /^file:\/*(\/.*)$/.exec(path), image = new Image();
    frame.replaceChildren();
    note.hidden = Boolean(local);
    dialog.querySelector('code').textContent = path;
    image.alt = '';
    image.onload = () => frame.replaceChildren(image);
    image.onerror = () => { note.hidden = false; };
    if (local) image.src = 'file://' + local[1].split('/').map(encodeURIComponent).join('/');
    dialog.showModal();
  }
  document.querySelectorAll('button.open').forEach(button => button.addEventListener('click', () => showPicture(decodeURIComponent(button.dataset.file))));
  dialog.querySelector('.copy').addEventListener('click', event => {
    const code = dialog.querySelector('code'), button = event.target;
    // Selected, so that a browser that does not let a page copy leaves one key to press.
    getSelection().selectAllChildren(code);
    (navigator.clipboard ? navigator.clipboard.writeText(code.textContent) : Promise.reject())
      .then(() => { button.textContent = 'Copied'; }, () => { button.textContent = 'Selected: press Ctrl C'; });
  });

  /** Open at the first visit; a browser that keeps nothing for the page shows it open always. */
  const howto = document.getElementById('howto');
  try {
    howto.open = !localStorage.getItem('anomaly-score-read');
    howto.addEventListener('toggle', () => { if (!howto.open) localStorage.setItem('anomaly-score-read', 'yes'); });
    addEventListener('pagehide', () => localStorage.setItem('anomaly-score-read', 'yes'));
  } catch (ignored) {
    howto.open = true;
  }

  document.querySelectorAll('thead button').forEach(button => button.addEventListener('click', () => sort(button)));

  const dark = matchMedia('(prefers-color-scheme: dark)'), theme = document.getElementById('theme');
  const isDark = () => (document.documentElement.dataset.theme || (dark.matches ? 'dark' : 'light')) === 'dark';
  function themed() {
    theme.textContent = isDark() ? 'Light' : 'Dark';
    theme.setAttribute('aria-label', isDark() ? 'Use light colours' : 'Use dark colours');
    redraw();
  }
  theme.hidden = false;
  theme.addEventListener('click', () => {
    document.documentElement.dataset.theme = isDark() ? 'light' : 'dark';
    themed();
  });
  dark.addEventListener('change', themed);
  themed();

  const pick = document.getElementById('pick'), comparisons = document.querySelectorAll('.comparison');
  function show(id) {
    comparisons.forEach(section => { section.hidden = section.dataset.comparison !== id; });
    pick.value = id;
  }
  if (pick) {
    document.getElementById('switch').hidden = false;
    pick.addEventListener('change', () => show(pick.value));
    show(pick.value);
  }

  /** A link to a set opens it. */
  function reveal() {
    const target = /^#set-\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
    if (!target) return;
    if (pick) show(target.closest('.comparison').dataset.comparison);
    target.open = true;
    target.scrollIntoView();
  }
  addEventListener('hashchange', reveal);
  document.addEventListener('click', event => {
    const link = event.target.closest('a[href^="#set-"]');
    if (link && link.getAttribute('href') === location.hash) reveal();
  });
  reveal();
  drawFirst();
})();
