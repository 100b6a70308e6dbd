package jinn.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import jinn.cli.ShellWords.Choice;
import jinn.cli.ShellWords.Kind;
import jinn.cli.ShellWords.Option;
import jinn.cli.ShellWords.Place;
import jinn.cli.ShellWords.Subcommand;

/**
 * The scripts that let shells complete jinn's command lines. None of them starts jinn: the names of VMs are those of the control
 * sockets in the standard directory.
 */
final class ShellScript {

    private ShellScript() {}

    /** Returns the script for bash 4 and later; it needs no package bash-completion. */
    static String bash(List<Subcommand> commands) {
        return """
                # Completion of jinn for bash.
                _jinn_vms() {
                  local socket
                  for socket in "${XDG_RUNTIME_DIR:-/run}"/jinn/*.sock; do
                    [[ -S $socket ]] && socket=${socket##*/} && printf '%%s\\n' "${socket%%.sock}"
                  done
                }
                _jinn_offer() {
                  local kind=$1 word=$2
                  case $kind in
                    file) mapfile -t COMPREPLY < <(compgen -f -- "$word"); compopt -o filenames 2>/dev/null ;;
                    directory) mapfile -t COMPREPLY < <(compgen -d -- "$word"); compopt -o filenames 2>/dev/null ;;
                    description)
                      mapfile -t COMPREPLY < <(compgen -d -- "$word"; compgen -f -X '!*.json' -- "$word")
                      compopt -o filenames 2>/dev/null
                      ;;
                    vm) mapfile -t COMPREPLY < <(compgen -W "$(_jinn_vms)" -- "$word") ;;
                    other) COMPREPLY=() ;;
                    *) mapfile -t COMPREPLY < <(compgen -W "${kind//,/ }" -- "$word") ;;
                  esac
                }
                _complete_jinn() {
                  local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]} options arguments
                  COMPREPLY=()
                  if ((COMP_CWORD == 1)); then
                    _jinn_offer '%s' "$word"
                    return
                  fi
                  case ${COMP_WORDS[1]} in
                %s
                    *) return ;;
                  esac
                  # bash splits --option=value at the equals sign.
                  if [[ $word == '=' ]]; then
                    word=''
                  elif [[ $option == '=' ]]; then
                    option=${COMP_WORDS[COMP_CWORD - 2]}
                  fi
                  case "${COMP_WORDS[1]} $option" in
                %s
                  esac
                  if [[ $word == -* ]]; then
                    _jinn_offer "$options" "$word"
                    [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace 2>/dev/null
                  else
                    _jinn_offer "$arguments" "$word"
                  fi
                  return 0
                }
                complete -F _complete_jinn jinn
                """.formatted(
                        commands.stream().map(Subcommand::name).collect(Collectors.joining(",")),
                        commands.stream().map(ShellScript::bashCommand).collect(Collectors.joining("\n")),
                        commands.stream()
                                .flatMap(command -> command.options().stream()
                                        .filter(Option::takesValue)
                                        .map(option -> bashValue(command, option)))
                                .collect(Collectors.joining("\n")));
    }

    private static String bashCommand(Subcommand command) {
        String options = command.options().stream()
                .flatMap(option -> option.names().stream().map(name -> option.takesValue() ? name + "=" : name))
                .collect(Collectors.joining(","));
        return "    " + command.name() + ") options='" + options + "' arguments='" + word(command.arguments()) + "' ;;";
    }

    private static String bashValue(Subcommand command, Option option) {
        String patterns = option.names().stream()
                .map(name -> "'" + command.name() + " " + name + "'")
                .collect(Collectors.joining(" | "));
        return "    " + patterns + ") _jinn_offer '" + word(option.kind()) + "' \"$word\"; return ;;";
    }

    /** Returns the kind as the script for bash calls it: its choices, or its name. */
    private static String word(Kind kind) {
        return switch (kind) {
            case Choice(List<String> words) -> String.join(",", words);
            case Place place -> place.name().toLowerCase(Locale.ROOT);
        };
    }

    /** Returns the script for zsh, which may be sourced or lie in a directory of {@code fpath} as {@code _jinn}. */
    static String zsh(List<Subcommand> commands) {
        return """
                #compdef jinn
                # Completion of jinn for zsh.
                _jinn_vms() {
                  local -a vms
                  vms=("${XDG_RUNTIME_DIR:-/run}"/jinn/*.sock(N:t:r))
                  compadd -a vms
                }
                _jinn() {
                  local -a commands
                  commands=(
                %s
                  )
                  if ((CURRENT == 2)); then
                    _describe command commands
                    return
                  fi
                  local command=$words[2]
                  shift words
                  ((CURRENT--))
                  case $command in
                %s
                  esac
                }
                if [[ $funcstack[1] == _jinn ]]; then
                  _jinn "$@"
                else
                  compdef _jinn jinn
                fi
                """.formatted(
                        commands.stream()
                                .map(command -> "    " + quoted(command.name() + ":" + command.description()))
                                .collect(Collectors.joining("\n")),
                        commands.stream().map(ShellScript::zshCommand).collect(Collectors.joining("\n")));
    }

    private static String zshCommand(Subcommand command) {
        List<String> words = new ArrayList<>();
        for (Option option : command.options()) {
            String text =
                    option.description().replace("[", "\\[").replace("]", "\\]").replace(":", "\\:");
            for (String name : option.names()) {
                words.add(quoted(name
                        + (option.takesValue()
                                ? "=[" + text + "]:value:" + zshAction(option.kind())
                                : "[" + text + "]")));
            }
        }
        if (command.arguments() != Place.OTHER) {
            words.add(quoted("*:argument:" + zshAction(command.arguments())));
        }
        return "    " + command.name() + ") _arguments " + String.join(" ", words) + " ;;";
    }

    private static String zshAction(Kind kind) {
        return switch (kind) {
            case Place.OTHER -> " ";
            case Place.FILE -> "_files";
            case Place.DIRECTORY -> "_files -/";
            case Place.DESCRIPTION -> "_files -g \"*.json\"";
            case Place.VM -> "_jinn_vms";
            case Choice(List<String> words) -> "(" + String.join(" ", words) + ")";
        };
    }

    /** Returns the script for fish. */
    static String fish(List<Subcommand> commands) {
        List<String> lines = new ArrayList<>(List.of(
                "# Completion of jinn for fish.",
                "function __jinn_vms",
                "    set -l directory /run/jinn",
                "    set -q XDG_RUNTIME_DIR; and set directory $XDG_RUNTIME_DIR/jinn",
                "    for socket in $directory/*.sock",
                "        string replace -r '.*/(.*)\\.sock$' '$1' $socket",
                "    end",
                "end",
                "complete -c jinn -f"));
        for (Subcommand command : commands) {
            lines.add("complete -c jinn -n __fish_use_subcommand -a " + command.name() + " -d "
                    + fishQuoted(command.description()));
            String condition = "complete -c jinn -n '__fish_seen_subcommand_from " + command.name() + "'";
            command.options().forEach(option -> lines.add(condition + fishOption(option)));
            if (command.arguments() != Place.OTHER) {
                lines.add(condition + fishValues(command.arguments()));
            }
        }
        return String.join("\n", lines) + "\n";
    }

    private static String fishOption(Option option) {
        String names = option.names().stream()
                .map(name -> name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1))
                .collect(Collectors.joining());
        return names + " -d " + fishQuoted(option.description())
                + (option.takesValue() ? " -r" + fishValues(option.kind()) : "");
    }

    private static String fishValues(Kind kind) {
        return switch (kind) {
            case Place.OTHER -> "";
            case Place.FILE -> " -F";
            case Place.DIRECTORY -> " -a '(__fish_complete_directories (commandline -ct))'";
            case Place.DESCRIPTION -> " -k -a '(__fish_complete_suffix .json)'";
            case Place.VM -> " -a '(__jinn_vms)'";
            case Choice(List<String> words) -> " -a '" + String.join(" ", words) + "'";
        };
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    private static String fishQuoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
