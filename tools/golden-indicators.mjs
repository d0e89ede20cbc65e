// Prints the W1 columns of a CSV (open,high,low,close,volume a line) as the npm package trading-signals
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
const price = {
  sma20: new T.SMA(20), sma50: new T.SMA(50), sma200: new T.SMA(200), rsi14: new T.RSI(14),
  bb: new T.BollingerBands(20, 2),
};
const candle = {
  atr14: new T.ATR(14), adx14: new T.ADX(14), obv: new T.OBV(2), vwap: new T.VWAP(),
  stoch: new T.StochasticOscillator({kPeriod: 14, kSlowingPeriod: 3, dPeriod: 3}),
};
const rvol = new T.RVOL(20);
const show = (x) => (x === null || x === undefined || Number.isNaN(Number(x)) ? '-' : Number(x).toPrecision(17));
for (const b of bars) {
  const r = {};
  for (const [name, it] of Object.entries(price)) r[name] = it.add(b.close);
  for (const [name, it] of Object.entries(candle)) r[name] = it.add(b);
  const row = [r.sma20, r.sma50, r.sma200, null, null, r.rsi14, r.atr14, null, null, null,
    r.bb?.upper, r.bb?.lower, r.adx14, r.vwap, r.obv, r.stoch?.stochK, r.stoch?.stochD, null, null, rvol.add(b.volume)];
  console.log(row.map(show).join(' '));
}
