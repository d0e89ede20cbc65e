/* QuantLib over the bench's options: nanoseconds a contract for value and five sensitivities, implied
 * volatility, an American by tree or by approximation. */
#include "ql/quantlib.hpp"

#include <cstdio>
#include <cstring>
#include <time.h>
#include <vector>

#include "app/bench/gen.h"

using namespace QuantLib;

static const double RATE = 0.03, YIELD = 0.01, LEAST = 1e-6;
static double sink;

/* Processor time: on a shared machine the wall clock measures the neighbours. */
static double now()
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

struct contract {
    gen_option_t o;
    double price;
};

static Option::Type type_of(const gen_option_t &o)
{
    return o.side > 0 ? Option::Call : Option::Put;
}

static std::vector<contract> contracts()
{
    std::vector<contract> all;
    uint64_t random = 42;
    while (all.size() < GEN_OPTIONS) {
        gen_option_t o = gen_option(&random);
        double spot = 100 * std::exp(-YIELD * o.years), strike = o.strike * std::exp(-RATE * o.years);
        double price = blackFormula(type_of(o), strike, spot, o.sigma * std::sqrt(o.years));
        if (price - std::max(o.side * (spot - strike), 0.0) >= LEAST) {
            all.push_back({o, price});
        }
    }
    return all;
}

static double forward_of(const gen_option_t &o)
{
    return 100 * std::exp((RATE - YIELD) * o.years);
}

static double values(const std::vector<contract> &all)
{
    double start = now();
    for (const contract &c : all) {
        BlackCalculator b(type_of(c.o), c.o.strike, forward_of(c.o), c.o.sigma * std::sqrt(c.o.years),
                          std::exp(-RATE * c.o.years));
        sink += b.value() + b.delta(100) + b.gamma(100) + b.vega(c.o.years) + b.theta(100, c.o.years) +
                b.rho(c.o.years);
    }
    return (now() - start) * 1e9 / (double)all.size();
}

static double implied(const std::vector<contract> &all)
{
    double start = now();
    for (const contract &c : all) {
        sink += blackFormulaImpliedStdDev(type_of(c.o), c.o.strike, forward_of(c.o), c.price,
                                          std::exp(-RATE * c.o.years), 0.0, Null<Real>(), 1e-10) /
                std::sqrt(c.o.years);
    }
    return (now() - start) * 1e9 / (double)all.size();
}

static double american(const std::vector<contract> &all, size_t count, bool tree)
{
    Date today(2, January, 2024);
    Settings::instance().evaluationDate() = today;
    DayCounter days = Actual365Fixed();
    auto spot = Handle<Quote>(ext::make_shared<SimpleQuote>(100.0));
    auto rate = Handle<YieldTermStructure>(ext::make_shared<FlatForward>(today, RATE, days));
    auto yield = Handle<YieldTermStructure>(ext::make_shared<FlatForward>(today, YIELD, days));
    double spent = 0;
    for (size_t i = 0; i < count; i++) {
        const gen_option_t &o = all[i].o;
        auto vol =
            Handle<BlackVolTermStructure>(ext::make_shared<BlackConstantVol>(today, TARGET(), o.sigma, days));
        auto process = ext::make_shared<BlackScholesMertonProcess>(spot, yield, rate, vol);
        VanillaOption v(ext::make_shared<PlainVanillaPayoff>(type_of(o), o.strike),
                        ext::make_shared<AmericanExercise>(today, today + (int)(o.years * 365)));
        if (tree) {
            v.setPricingEngine(ext::make_shared<BinomialVanillaEngine<LeisenReimer>>(process, 201));
        } else {
            v.setPricingEngine(ext::make_shared<BjerksundStenslandApproximationEngine>(process));
        }
        double start = now();
        sink += v.NPV();
        spent += now() - start;
    }
    return spent * 1e9 / (double)count;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "value";
    std::vector<contract> all = contracts();
    double figure = std::strcmp(what, "implied") == 0 ? implied(all)
                    : std::strcmp(what, "tree") == 0  ? american(all, 200, true)
                    : std::strcmp(what, "flat") == 0  ? american(all, 5000, false)
                                                      : values(all);
    std::printf("%.4f\n# QuantLib %s, sum %.6g\n", figure, QL_VERSION, sink);
    return 0;
}
