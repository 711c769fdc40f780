// Options that are checked as they are read, on top of CLI11: each may be given once, and says what is wrong in one
// line.
#pragma once

#include "options.hpp"
#include "text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace simulate {

/// The text in lines of at most `columns`, broken at spaces, or after the bars of a list of words.
inline std::string wrapped(const std::string& text, std::size_t columns) {
    std::string lines;
    std::string line;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find_first_of(" |", begin), text.size() - 1) + 1;
        const std::string piece = text.substr(begin, end - begin);
        const std::size_t seen = piece.size() - (piece.back() == ' ' ? 1 : 0);
        if (!line.empty() && line.size() + seen > columns) {
            if (line.back() == ' ') line.pop_back();
            lines += line + "\n";
            line.clear();
        }
        line += piece;
        begin = end;
    }
    return lines + line;
}

/// Defines options of a CLI::App that take one value and may be given once.
class Definer {
  public:
    explicit Definer(CLI::App& app) : app_(app) {}

    /// The options that follow belong together in the help.
    void group(const std::string& title) { group_ = title; }

    /// Any text.
    void text_option(const std::string& name, const std::string& unit, const std::string& initially,
                     const std::string& help, const std::function<void(const std::string&)>& use) {
        const auto once = [name, use](const CLI::results_t& given) {
            // CLI11 accepts "=" only after long names: for -K=2 it passes "=2".
            const auto plain = [&](const std::string& text) {
                return name.size() == 2 && text[0] == '=' ? text.substr(1) : text;
            };
            const std::string value = plain(given[0]);
            if (given.size() > 1) throw BadOption(name + " is given more than once: " + value + ", " + plain(given[1]));
            if (value.empty()) throw BadOption(name + " '': must not be empty");
            use(value);
            return true;
        };
        app_.add_option(name, once, described(help, initially))
            ->group(group_)
            ->type_name(unit)
            ->expected(1)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }

    /// A finite number, from `least` to `most`.
    template <class Number, class Target>
    void number_option(const std::string& name, const std::string& unit, const std::string& initially,
                       const std::string& help, Target& target, Number least, Number most) {
        text_option(name, unit, initially, help, [name, &target, least, most](const std::string& given) {
            const auto number = parsed<Number>(given);
            if (!number || !(*number >= least) || !(*number <= most))
                throw BadOption(name + " " + given + ": must be " + kind_of(least, most));
            target = *number;
        });
    }

    /// A finite number that is at least `least`, or the name of a file.
    void number_or_file_option(const std::string& name, const std::string& unit, const std::string& initially,
                               const std::string& help, NumberOrFile& target, double least) {
        text_option(name, "FILE.npy|" + unit, initially, help, [name, &target, least](const std::string& given) {
            target.number = parsed<double>(given);
            const bool is_bad = target.number && !(std::isfinite(*target.number) && *target.number >= least);
            if (is_bad || is_beyond_double(given))
                throw BadOption(name + " " + given + ": must be " +
                                (least > 0    ? "a positive number"
                                 : least == 0 ? "a finite number that is not negative"
                                              : "a finite number") +
                                ", or a file");
            if (!target.number) target.file = given;
        });
    }

    /// One of a few words. `unit`: what the help says in place of them.
    template <class Target>
    void choice_option(const std::string& name, const std::string& initially, const std::string& help, Target& target,
                       std::initializer_list<const char*> words, const std::string& unit = "") {
        const std::string list = joined(words);
        text_option(name, unit.empty() ? list : unit, initially, help, [name, list, &target](const std::string& given) {
            check_word(name, given, given, list);
            target = given;
        });
    }

    /// On if given.
    void flag_option(const std::string& name, const std::string& initially, const std::string& help, bool& target) {
        app_.add_flag(name, target, described(help, initially))->group(group_);
    }

  private:
    /// The description of an option in the help. CLI11 gives 30 of the 80 columns of a terminal to the name.
    static std::string described(const std::string& help, const std::string& initially) {
        return wrapped(help + " [default: " + initially + "]", 50);
    }

    static std::string joined(std::initializer_list<const char*> words) {
        std::string list;
        for (const char* word : words) list += (list.empty() ? "" : "|") + std::string(word);
        return list;
    }
    static void check_word(const std::string& name, const std::string& given, const std::string& word,
                           const std::string& list) {
        if (word.find('|') != std::string::npos || ("|" + list + "|").find("|" + word + "|") == std::string::npos)
            throw BadOption(name + " " + given + ": must be one of " + list);
    }

    static std::string kind_of(double least, double most) {
        if (least > 0 && most < 0x1p1000) return "a number from " + text(least) + " to " + text(most);
        if (least > 0) return "a positive number";
        if (least == 0) return "a number that is not negative";
        return "a number of at most " + text(most) + " in magnitude";
    }
    template <class Integer> static std::string kind_of(Integer least, Integer most) {
        return "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    }

    CLI::App& app_;
    std::string group_;
};

} // namespace simulate
