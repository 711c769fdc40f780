// A long run that can be stopped at any moment: it saves a checkpoint every hundred steps, and takes the run up from
// the file if there is one. Here it is stopped once and ends with the bits of a run that went through.
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

/// The saved run, or its beginning.
km::Checkpoint<float> load(const std::string& file) {
    if (std::filesystem::exists(file)) return km::read_checkpoint<float>(file);
    km::Checkpoint<float> run{{.K = 2.0, .dt = 0.1, .seed = 7}, km::Field<float>(200, 300), km::Field<float>(200, 300)};
    km::uniform_phases(run.theta, run.run.seed);
    km::normal_frequencies(run.omega, 0.0, 0.3, run.run.seed);
    return run;
}

/// Goes on until the last step, or until `enough` steps are done. Returns the phases.
km::Field<float> work(const std::string& file, std::int64_t enough) {
    km::Checkpoint<float> state = load(file);
    const km::Model model{km::SineLaplacian{.K = state.run.K}, state.omega};
    km::Simulation simulation(model, state.theta, km::Euler{.dt = state.run.dt}, km::Stability::checked,
                              km::Start{.time = state.run.start_time, .step = state.run.step});
    simulation.run(km::Fused{}, last_step - simulation.step(), /*every*/ 100, [&](const auto& now) {
        state.run.step = now.step();
        km::write_checkpoint(file, state.run, now.theta(), state.omega);
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
