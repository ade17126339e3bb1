"use strict";
// What if: ranking, waves and quarters under other settings, by the arithmetic of the scan. A test compares both.
const rustplanWhatIf = (function () {
  const MEMORY = 0;
  const byKeys = (one, other) => {
    const at = one.findIndex((value, place) => value !== other[place]);
    return at < 0 ? 0 : one[at] - other[at];
  };

  const sum = (values) => values.reduce((total, value) => total + value, 0);

  // Two digits after the point; a tie goes to the even digit.
  function rounded(value) {
    const below = Math.floor(value * 100);
    return value * 100 - below === 0.5 && Number.isInteger(value * 8) ? (below + (below % 2)) / 100 : Number(value.toFixed(2));
  }

  // MT19937 and normal draws as Python's random.Random makes them.
  function normals(key) {
    const state = new Uint32Array(624);
    let index = 624;
    let spare = null;
    state[0] = 19650218;
    for (let i = 1; i < 624; i += 1) state[i] = Math.imul(1812433253, state[i - 1] ^ (state[i - 1] >>> 30)) + i;
    let i = 1;
    let j = 0;
    const mix = (factor, add) => {
      state[i] = (state[i] ^ Math.imul(state[i - 1] ^ (state[i - 1] >>> 30), factor)) + add;
      i += 1;
      if (i >= 624) { state[0] = state[623]; i = 1; }
    };
    for (let k = Math.max(624, key.length); k; k -= 1) {
      mix(1664525, key[j] + j);
      j = (j + 1) % key.length;
    }
    for (let k = 623; k; k -= 1) mix(1566083941, -i);
    state[0] = 0x80000000;
    const word = () => {
      if (index === 624) {
        for (let k = 0; k < 624; k += 1) {
          const y = (state[k] & 0x80000000) | (state[(k + 1) % 624] & 0x7fffffff);
          state[k] = state[(k + 397) % 624] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
        }
        index = 0;
      }
      let y = state[index];
      index += 1;
      y ^= y >>> 11;
      y ^= (y << 7) & 0x9d2c5680;
      y ^= (y << 15) & 0xefc60000;
      return (y ^ (y >>> 18)) >>> 0;
    };
    const uniform = () => ((word() >>> 5) * 67108864 + (word() >>> 6)) / 9007199254740992;
    return () => {
      if (spare !== null) {
        const z = spare;
        spare = null;
        return z;
      }
      const angle = uniform() * 2 * Math.PI;
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      spare = Math.sin(angle) * radius;
      return Math.cos(angle) * radius;
    };
  }

  function wordsOf(seed) {
    const bytes = Array.from(atob(seed), (one) => one.charCodeAt(0));
    const words = [];
    for (let end = bytes.length; end > 0; end -= 4) {
      words.push(bytes.slice(Math.max(0, end - 4), end).reduce((word, byte) => word * 256 + byte, 0));
    }
    return words;
  }

  function model(facts) {
    const { rows, limits } = facts;
    const pilot = rows.find((row) => row.track === MEMORY && row.place === facts.pilot);
    const drawn = new Map();
    const next = normals(wordsOf(limits.seed));
    const shared = Float64Array.from({ length: limits.draws }, () => next() * limits.team);

    // Simulated months of a step: all share the team's part of the spread.
    function months(row) {
      const { seed, spread, fixed } = row.step;
      if (!drawn.has(row)) {
        const own = normals(wordsOf(seed));
        drawn.set(row, shared.map((team) => spread * Math.exp(team + own() * limits.own) + fixed));
      }
      return drawn.get(row);
    }

    const quantiles = (row, least) =>
      row.step.spread === null ? [null, null, null]
        : limits.quantiles.map((factor) => rounded(Math.max(least, row.step.spread * factor + row.step.fixed)));
    const median = (row) => quantiles(row, limits.least)[1] || 0;

    function scoreOf(row, settings) {
      const factors = settings.weights[row.track];
      let risk = row.risk;
      if (factors.some((factor) => factor !== 1)) {
        const total = sum(row.parts.map(([part, weight]) => weight * factors[part]));
        risk = total ? 100 * (sum(row.parts.map(([part, weight, level]) => weight * factors[part] * level)) / total) : 0;
      }
      const [a, b, c] = settings.exponents;
      const value = settings.criticality[row.place] === undefined ? row.value : settings.criticality[row.place];
      return 100 * Math.pow(risk / 100, a) * Math.pow(row.feasible, b) * Math.pow(value, c);
    }

    const mayOpen = (row) =>
      row.step.option !== "rewrite" || (row.step.tests > 0 && row.step.lines <= limits.opening);
    const mayMove = (row) => row.step.option !== "retain" && (row.step.spread !== null || row.step.isJava);

    // Down the ranking, memory safety first, until a step no longer fits; rewritten members of a unit count as one.
    function affordable(ranking, budget) {
      const taken = [];
      let spent = 0;
      let next = null;
      for (const row of ranking.flat()) {
        if (!mayMove(row) || taken.includes(row) || next) continue;
        const group = ranking[row.track].filter((other) => other === row ||
          (row.step.removes && other.step.removes && other.step.unit === row.step.unit && mayMove(other)));
        const cost = sum([spent, ...group.map(median)]);
        if (budget !== null && cost > budget + 1e-9) next = row;
        else { taken.push(...group); spent = cost; }
      }
      return { taken, spent, next };
    }

    function hostsOf(small, moves) {
      const hosts = new Map();
      for (const row of small) {
        if (row.step.lines >= limits.tiny || row.step.isCycle) continue;
        const weights = new Map();
        for (const [one, other, weight] of facts.needs) {
          const near = one === row.place ? other : other === row.place ? one : -1;
          const host = moves.find((move) => move.place === near && move.track === row.track &&
            move.step.lines >= limits.tiny && move.step.isJava === row.step.isJava);
          if (host) weights.set(host, (weights.get(host) || 0) + weight);
        }
        const best = [...weights.keys()].sort((one, other) => weights.get(other) - weights.get(one) || one.place - other.place)[0];
        if (best) hosts.set(row, best);
      }
      return hosts;
    }

    function groupsOf(moves, scores) {
      const groups = new Map();
      for (const row of moves) {
        const key = row.step.unit + ":" + (row.step.removes ? "" : row.place);
        groups.set(key, [...(groups.get(key) || []), row]);
      }
      const keyed = [...groups.values()].map((group) => {
        group.sort((one, other) => one.place - other.place);
        const best = Math.max(...group.map((row) => scores.get(row)));
        const key = [group.includes(pilot) ? 0 : 1, -Math.floor(best / limits.tie), group.some((row) => row.step.removes) ? 0 : 1, sum(group.map(median)),
          Math.max(0, group[0].step.unit), group[0].place];
        return { group, key };
      });
      return keyed.sort((one, other) => byKeys(one.key, other.key)).map((entry) => entry.group);
    }

    function fill(groups, room, used, placed) {
      for (const group of groups) {
        let number = group.every(mayOpen) ? 1 : 2;
        while (used[number] && used[number] + group.length > room) number += 1;
        used[number] = (used[number] || 0) + group.length;
        for (const row of group) placed.set(row, number);
      }
    }

    function schedule(moves, scores) {
      const hosts = hostsOf(moves.filter((row) => row !== pilot), moves);
      const waves = new Map();
      const hasBoth = new Set(moves.map((row) => row.track)).size > 1;
      facts.tracks.forEach((name, track) => {
        const own = moves.filter((row) => row.track === track);
        const room = !hasBoth ? limits.steps : track === MEMORY ? limits.steps - limits.latency : limits.latency;
        const placed = new Map();
        const used = {};
        fill(groupsOf(own.filter((row) => !hosts.has(row)), scores), room, used, placed);
        const late = own.filter((row) => hosts.has(row) && placed.get(hosts.get(row)) === 1 && !mayOpen(row));
        fill(groupsOf(late, scores), room, used, placed);
        for (const row of late) hosts.delete(row);
        for (const row of own) if (hosts.has(row)) placed.set(row, placed.get(hosts.get(row)));
        placed.forEach((number, row) => { if (number <= limits.waves) waves.set(row, number); });
      });
      return { waves, hosts };
    }

    // P10, P50, P90 of a wave: closed form for one step, simulated for several; each batch has the least effort.
    function total(chosen, hosts) {
      if (chosen.length === 1) return quantiles(chosen[0], hosts.has(chosen[0]) ? 0.01 : limits.least);
      const batches = new Map();
      for (const row of chosen) {
        if (row.step.spread === null) continue;
        const host = hosts.get(row) || row;
        batches.set(host, [...(batches.get(host) || []), row]);
      }
      if (!batches.size) return [null, null, null];
      const inOrder = (one, other) => one.step.draw - other.step.draw;
      const ordered = [...batches.values()].map((batch) => batch.sort(inOrder)).sort((one, other) => inOrder(one[0], other[0]));
      const totals = new Float64Array(limits.draws);
      for (const batch of ordered) {
        const drawnMonths = batch.map(months);
        for (let draw = 0; draw < totals.length; draw += 1) {
          let value = 0;
          for (const one of drawnMonths) value += one[draw];
          totals[draw] += Math.max(limits.least, value);
        }
      }
      totals.sort();
      return [0.1, 0.5, 0.9].map((share) => rounded(totals[Math.round(share * (totals.length - 1))]));
    }

    function quarter(start, later) {
      const index = Number(start.slice(0, 4)) * 12 + Number(start.slice(5)) - 1 + Math.floor(later);
      return "Q" + (Math.floor((index % 12) / 3) + 1) + " " + Math.floor(index / 12);
    }

    function projected(settings, before, middle, high) {
      const pace = settings.engineers * settings.availability;
      if (!settings.start || !(pace > 0)) return null;
      const [first, last, late] = [before, before + middle, before + high].map((done) => quarter(settings.start, done / pace));
      return "projected " + (first === last ? first : first + " to " + last) + (late === last ? "" : " (" + late + " if its effort is at P90)");
    }

    return function compute(settings) {
      const scores = new Map(rows.map((row) => [row, scoreOf(row, settings)]));
      const ranking = facts.tracks.map((name, track) => rows.filter((row) => row.track === track)
        .sort((one, other) => scores.get(other) - scores.get(one) || one.place - other.place));
      const { taken, spent, next } = affordable(ranking, settings.budget);
      const inOrder = ranking.flat().filter((row) => taken.includes(row));
      const { waves, hosts } = schedule(inOrder, scores);
      const people = settings.engineers || 1;
      let before = settings.experience ? 0 : rounded((limits.ramp[0] * people + limits.ramp[1] * people) / 2);
      const list = [...new Set(waves.values())].sort((one, other) => one - other).map((number) => {
        const chosen = inOrder.filter((row) => waves.get(row) === number);
        const [p10, p50, p90] = total(chosen, hosts);
        const gone = chosen.filter((row) => row.step.removes && row.track === MEMORY);
        const wave = {
          number, p10, p50, p90,
          members: chosen.map((row) => rows.indexOf(row)),
          unsafe: sum(gone.map((row) => row.step.unsafe)),
          share: Number(sum(gone.map((row) => row.share)).toFixed(6)),
          projected: projected(settings, before, p50 || 0, p90 || 0),
        };
        before += p50 || 0;
        return wave;
      });
      return {
        scores: rows.map((row) => scores.get(row)),
        ranking: ranking.map((track) => track.map((row) => rows.indexOf(row))),
        waves: list,
        wave: rows.map((row) => waves.get(row) || 0),
        spent,
        next: next ? rows.indexOf(next) : null,
      };
    };
  }

  return model;
})();
