// Golden values for quant/options from two independent sources: QuantLib, and the textbook formulas in 113-bit
// arithmetic (libquadmath). Built and run by tools/golden-options; never part of the engine.
#include <ql/quantlib.hpp>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <quadmath.h>

using namespace QuantLib;
using quad = __float128;

namespace {

// x <- x * 6364136223846793005 + 1442695040888963407 mod 2^64 (Knuth, TAOCP 2, MMIX), upper 53 bits as [0, 1).
double chance()
{
    static unsigned long long x = 20240607;
    x = x * 6364136223846793005ULL + 1442695040888963407ULL;
    return (double)(x >> 11) * 0x1p-53;
}

template <size_t N> double pick(const double (&from)[N])
{
    return from[(size_t)(chance() * (double)N)];
}

struct contract {
    double side, spot, strike, days, rate, yield, sigma;
};

contract draw()
{
    static const double strikes[] = {5, 25, 50, 75, 90, 95, 99, 100, 101.5, 105, 112, 130, 180, 400, 1200};
    static const double days[] = {1, 5, 30, 91, 182, 365, 730, 1825};
    static const double rates[] = {0, 0.01, 0.05, 0.08, -0.01};
    static const double yields[] = {0, 0.015, 0.05, 0.09};
    static const double sigmas[] = {0.03, 0.08, 0.15, 0.25, 0.4, 0.8, 1.5, 2.5};
    contract c;
    c.side = chance() < 0.5 ? -1 : 1;
    c.spot = 100;
    c.strike = pick(strikes);
    c.days = pick(days);
    c.rate = pick(rates);
    c.yield = pick(yields);
    c.sigma = pick(sigmas);
    return c;
}

quad cdf(quad x)
{
    return erfcq(-x / sqrtq(2)) / 2;
}

// Value, delta, gamma, vega, theta, rho, rho_yield, vanna, volga, charm.
void textbook(const contract &c, quad out[10])
{
    quad s = c.spot, k = c.strike, t = (quad)(c.days / 365.0), r = c.rate, q = c.yield, v = c.sigma, w = c.side;
    quad sd = v * sqrtq(t), d1 = (logq(s / k) + (r - q + v * v / 2) * t) / sd, d2 = d1 - sd;
    quad dr = expq(-r * t), dq = expq(-q * t), phi = expq(-d1 * d1 / 2) / sqrtq(2 * M_PIq);
    quad n1 = cdf(w * d1), n2 = cdf(w * d2);
    out[0] = w * (s * dq * n1 - k * dr * n2);
    out[1] = w * dq * n1;
    out[2] = dq * phi / (s * sd);
    out[3] = s * dq * phi * sqrtq(t);
    out[4] = -s * dq * phi * v / (2 * sqrtq(t)) - w * r * k * dr * n2 + w * q * s * dq * n1;
    out[5] = w * k * t * dr * n2;
    out[6] = -w * s * t * dq * n1;
    out[7] = -dq * phi * d2 / v;
    out[8] = out[3] * d1 * d2 / v;
    out[9] = w * q * dq * n1 - dq * phi * (2 * (r - q) * t - d2 * sd) / (2 * t * sd);
}

void european(int count)
{
    std::printf("# side spot strike years rate yield sigma | value delta gamma vega theta rho rho_yield vanna volga\n"
                "# charm (113-bit) | value delta gamma vega theta rho rho_yield implied (QuantLib %s; - where it\n"
                "# gives none). Made by tools/golden-options.\n",
                QL_VERSION);
    for (int n = 0; n < count;) {
        contract c = draw();
        double years = c.days / 365.0;
        quad want[10];
        textbook(c, want);
        double forward = c.spot * std::exp((c.rate - c.yield) * years), discount = std::exp(-c.rate * years);
        quad inner = c.side * (c.spot * expq(-(quad)c.yield * years) - c.strike * expq(-(quad)c.rate * years));
        quad time_value = want[0] - (inner > 0 ? inner : 0);
        if (time_value < 1e-250Q) {
            continue;
        }
        n++;
        std::printf("%g %g %g %.17g %g %g %g", c.side, c.spot, c.strike, years, c.rate, c.yield, c.sigma);
        for (quad w : want) {
            std::printf(" %.17g", (double)w);
        }
        Option::Type type = c.side > 0 ? Option::Call : Option::Put;
        double sd = c.sigma * std::sqrt(years);
        BlackCalculator b(type, c.strike, forward, sd, discount);
        std::printf(" %.17g %.17g %.17g %.17g %.17g %.17g %.17g", b.value(), b.delta(c.spot), b.gamma(c.spot),
                    b.vega(years), b.theta(c.spot, years), b.rho(years), b.dividendRho(years));
        try {
            double iv = blackFormulaImpliedStdDev(type, c.strike, forward, (double)want[0], discount, 0.0, sd * 1.1,
                                                  1e-15, 1000);
            std::printf(" %.17g\n", iv / std::sqrt(years));
        } catch (std::exception &) {
            std::printf(" -\n");
        }
    }
}

void american(int count, Size steps)
{
    std::printf("# side spot strike years rate yield sigma steps | Leisen-Reimer, Bjerksund-Stensland,\n"
                "# Barone-Adesi-Whaley (QuantLib %s; - where it gives none). Made by tools/golden-options.\n",
                QL_VERSION);
    Date today(2, January, 2024);
    Settings::instance().evaluationDate() = today;
    DayCounter days = Actual365Fixed();
    for (int n = 0; n < count;) {
        contract c = draw();
        if (c.strike < 50 || c.strike > 200 || c.sigma > 1 || c.days < 5) {
            continue;
        }
        n++;
        auto spot = Handle<Quote>(ext::make_shared<SimpleQuote>(c.spot));
        auto rate = Handle<YieldTermStructure>(ext::make_shared<FlatForward>(today, c.rate, days));
        auto yield = Handle<YieldTermStructure>(ext::make_shared<FlatForward>(today, c.yield, days));
        auto vol = Handle<BlackVolTermStructure>(ext::make_shared<BlackConstantVol>(today, TARGET(), c.sigma, days));
        auto process = ext::make_shared<BlackScholesMertonProcess>(spot, yield, rate, vol);
        VanillaOption o(ext::make_shared<PlainVanillaPayoff>(c.side > 0 ? Option::Call : Option::Put, c.strike),
                        ext::make_shared<AmericanExercise>(today, today + (int)c.days));
        std::printf("%g %g %g %.17g %g %g %g %d", c.side, c.spot, c.strike, c.days / 365.0, c.rate, c.yield, c.sigma,
                    (int)steps);
        ext::shared_ptr<PricingEngine> engines[] = {
            ext::make_shared<BinomialVanillaEngine<LeisenReimer>>(process, steps),
            ext::make_shared<BjerksundStenslandApproximationEngine>(process),
            ext::make_shared<BaroneAdesiWhaleyApproximationEngine>(process)};
        for (auto &e : engines) {
            try {
                o.setPricingEngine(e);
                std::printf(" %.17g", o.NPV());
            } catch (std::exception &) {
                std::printf(" -");
            }
        }
        std::printf("\n");
    }
}

} // namespace

int main(int argc, char **argv)
{
    if (argc == 2 && std::strcmp(argv[1], "european") == 0) {
        european(500);
    } else if (argc == 2 && std::strcmp(argv[1], "american") == 0) {
        american(150, 201);
    } else {
        std::fprintf(stderr, "usage: golden-options european | american\n");
        return 2;
    }
    return 0;
}
