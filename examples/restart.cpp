// A long run that can be stopped at any moment. It saves a checkpoint every hundred time steps, and continues from the
// file if there is one. Here it is stopped once. The result is bit-identical to that of an uninterrupted run.
#include <kuramoto/checkpoint.hpp> // opt-in
#include <kuramoto/kuramoto.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>

namespace km = kuramoto;

namespace {

constexpr std::int64_t last_step = 500;

/// All values that the rest of the run depends on.
struct State {
    double K = 2.0;
    double dt = 0.1;
    std::int64_t step = 0;
    km::Field<float> theta;
    km::Field<float> omega;
};

/// The state in the file; without a file the state at step 0.
State load(const std::string& file) {
    if (!std::filesystem::exists(file)) {
        State run{.theta = km::Field<float>(200, 300), .omega = km::Field<float>(200, 300)};
        km::uniform_phases(run.theta, /*seed*/ 7);
        km::normal_frequencies(run.omega, 0.0, 0.3, /*seed*/ 7);
        return run;
    }
    km::Checkpoint saved = km::read_checkpoint(file);
    State run{.K = saved.number("K"),
              .dt = saved.number("dt"),
              .step = saved.integer("step"),
              .theta = saved.take_field<float>("theta"),
              .omega = saved.take_field<float>("omega")};
    saved.check_all_read();
    return run;
}

/// Continues the run to its last step, or stops it at step `enough`. Returns the phases.
km::Field<float> work(const std::string& file, std::int64_t enough) {
    const State run = load(file);
    const km::Model model{km::SineLaplacian{.K = run.K}, run.omega};
    km::Simulation simulation(model, run.theta, km::Euler{.dt = run.dt}, km::Stability::checked,
                              km::Start{.step = run.step});
    km::Checkpoint checkpoint;
    checkpoint.set("K", run.K);
    checkpoint.set("dt", run.dt);
    checkpoint.set("omega", run.omega);
    simulation.run(km::Fused{}, last_step - simulation.step(), /*every*/ 100, [&](const auto& now) {
        checkpoint.set("step", now.step());
        checkpoint.set("theta", now.theta());
        km::write_checkpoint(file, checkpoint);
        std::printf("step %lld, t = %.1f: saved\n", static_cast<long long>(now.step()), now.time());
        return now.step() < enough;
    });
    return km::Field<float>(simulation.theta());
}

} // namespace

int main() {
    const std::filesystem::path folder = std::filesystem::temp_directory_path();
    const std::string stopped = folder / "kuramoto-stopped.checkpoint";
    const std::string whole = folder / "kuramoto-whole.checkpoint";
    std::filesystem::remove(stopped);
    std::filesystem::remove(whole);
    const km::Field<float> expected = work(whole, last_step);
    std::printf("stopped, and taken up again:\n");
    work(stopped, /*enough*/ 200);
    const km::Field<float> result = work(stopped, last_step);
    std::filesystem::remove(stopped);
    std::filesystem::remove(whole);
    const auto bytes = static_cast<std::size_t>(result.size()) * sizeof(float);
    const bool is_same = std::memcmp(result.data(), expected.data(), bytes) == 0;
    std::printf("%s\n", is_same ? "the same bits" : "OTHER BITS");
    return is_same ? 0 : 1;
}
