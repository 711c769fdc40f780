// The members of a sweep: each is the run of the command line with one combination of the swept values.
#pragma once

#include "command_line.hpp"
#include "resolve.hpp"
#include "swept.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace simulate {

/// The members of a sweep, in the order of the table: the values of the last name change fastest.
class SweepMembers {
  public:
    /// words: the command line without the name of the program. It must have been read as `options`.
    SweepMembers(CommandLine& command_line, Options options, const std::vector<std::string>& words)
        : command_line_(command_line), options_(std::move(options)), words_(without_sweep(words)) {
        for (const Swept& swept : options_.sweep) size_ *= swept.values.size();
    }

    /// What all members have in common.
    [[nodiscard]] const Options& options() const { return options_; }
    [[nodiscard]] std::size_t size() const { return size_; }

    /// The value of each name for member k.
    [[nodiscard]] std::vector<std::string> values(std::size_t k) const {
        std::vector<std::string> values(options_.sweep.size());
        for (std::size_t at = values.size(); at-- > 0;) {
            const std::vector<std::string>& all = options_.sweep[at].values;
            values[at] = all[k % all.size()];
            k /= all.size();
        }
        return values;
    }
    /// "K=0.5,seed=3".
    [[nodiscard]] std::string name(std::size_t k) const {
        const std::vector<std::string> of = values(k);
        std::string name;
        for (std::size_t at = 0; at < of.size(); ++at)
            name += (at == 0 ? "" : ",") + options_.sweep[at].name + "=" + of[at];
        return name;
    }

    /// The options of member k. Throws BadOption for what its run refuses.
    [[nodiscard]] Options options_of(std::size_t k) const {
        std::vector<std::string> words = words_;
        const std::vector<std::string> of = values(k);
        for (std::size_t at = 0; at < of.size(); ++at)
            if (const std::string option = option_of(options_.sweep[at].name); !option.empty())
                words.push_back(option + "=" + of[at]);
        Options options = *command_line_.read(words);
        for (std::size_t at = 0; at < of.size(); ++at)
            if (options_.sweep[at].name == "spread") set_spread(options, of[at]);
        options.observe_file = options_.observe_file;
        check(options);
        return options;
    }

    /// work(); a BadOption that it throws names member k.
    template <class Work> auto naming_member(std::size_t k, const Work& work) const {
        try {
            return work();
        } catch (const BadOption& error) {
            throw BadOption("--sweep " + name(k) + ": " + error.what());
        }
    }

  private:
    /// The words without --sweep and its value.
    [[nodiscard]] static std::vector<std::string> without_sweep(const std::vector<std::string>& words) {
        std::vector<std::string> others;
        for (std::size_t at = 0; at < words.size(); ++at)
            if (words[at] == "--sweep")
                ++at; // its value follows
            else if (words[at].rfind("--sweep=", 0) != 0)
                others.push_back(words[at]);
        return others;
    }
    [[nodiscard]] static std::string option_of(const std::string& name) {
        for (const SweepName& each : known_sweep_names)
            if (name == each.name) return each.option;
        return "";
    }
    /// The second number of --frequencies.
    static void set_spread(Options& options, const std::string& value) {
        Named names = options.frequencies.value_or(Named{"normal", {0, 1}});
        if (names.name != "normal" && names.name != "lorentzian")
            throw BadOption("--frequencies " + names.canonical() + ": only normal and lorentzian have a spread");
        names.numbers[1] = *parsed<double>(value);
        options.frequencies = names;
    }

    CommandLine& command_line_;
    Options options_;
    std::vector<std::string> words_;
    std::size_t size_ = 1;
};

} // namespace simulate
