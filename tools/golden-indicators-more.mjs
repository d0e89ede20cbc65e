// Prints the indicators outside W1 of a CSV (open,high,low,close,volume a line) as the npm package trading-signals
// computes them, "-" where it has none. Run by tools/golden-indicators in the directory that holds the package.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {pathToFileURL} from 'node:url';
const require = createRequire(process.cwd() + '/');
const T = await import(pathToFileURL(require.resolve('trading-signals')).href);

const bars = readFileSync(process.argv[2], 'utf8').trim().split('\n').map((line) => {
  const [open, high, low, close, volume] = line.split(',').map(Number);
  return {open, high, low, close, volume};
});
const wma = new T.WMA(20);
const roc = new T.ROC(10);
const candle = {
  willr: new T.WilliamsR(14), dc: new T.DonchianChannels(20), cci: new T.CCI(20), mfi: new T.MFI(14),
  psar: new T.PSAR({accelerationStep: 0.02, accelerationMax: 0.2}),
  kc: new T.KeltnerChannels({emaInterval: 20, atrInterval: 10, multiplier: 2}),
  supertrend: new T.SuperTrend({interval: 10, multiplier: 3}), rs: new T.RogersSatchellVolatility(20),
  cloud: new T.IchimokuCloud(),
};
const show = (x) => (x === null || x === undefined || Number.isNaN(Number(x)) ? '-' : Number(x).toPrecision(17));
for (const b of bars) {
  const r = {};
  for (const [name, it] of Object.entries(candle)) r[name] = it.add(b);
  const row = [wma.add(b.close), roc.add(b.close), r.willr, r.dc?.upper, r.dc?.lower, r.cci, r.mfi, r.psar, null,
    r.kc?.upper, r.kc?.lower, r.supertrend?.supertrend, r.rs, r.cloud?.conversion, r.cloud?.base, r.cloud?.spanA,
    r.cloud?.spanB];
  console.log(row.map(show).join(' '));
}
