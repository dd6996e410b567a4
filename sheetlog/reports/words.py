"""What a report says, in the languages that it speaks. Pure: knows no run and no file."""

from __future__ import annotations

from collections.abc import Callable

LANGUAGES = ("en", "de", "fr")

Say = Callable[..., str]
"""Gives a phrase by its name, with values in its braces."""

# fmt: off
# ruff: noqa: E501, ISC004  a phrase stands beside its translations
_PHRASES: dict[str, tuple[str, str, str]] = {
    "title": ("Report on runs", "Bericht über Läufe", "Rapport sur les runs"),
    "summary": ("Summary", "Zusammenfassung", "Résumé"),
    "leaderboard": ("Leaderboard", "Rangliste", "Classement"),
    "compare": ("Compare", "Vergleich", "Comparaison"),
    "charts": ("Charts", "Diagramme", "Graphiques"),
    "runs": ("Runs", "Läufe", "Runs"),
    "dictionary": ("Dictionary", "Verzeichnis", "Dictionnaire"),
    "data": ("Chart data", "Diagrammdaten", "Données"),
    "run": ("Run", "Lauf", "Run"),
    "best": ("Best {metric}", "Bester Wert: {metric}", "Meilleur : {metric}"),
    "median": ("Median {metric}", "Median: {metric}", "Médiane : {metric}"),
    "period": ("Period", "Zeitraum", "Période"),
    "best_run": (
        "The best run is “{run}”: {metric} {value} ({better}).",
        "Der beste Lauf ist „{run}“: {metric} {value} ({better}).",
        "Le meilleur run est « {run} » : {metric} {value} ({better})."),
    "second": (
        "The second, “{run}”, reached {value}.", "Der zweite, „{run}“, erreichte {value}.",
        "Le deuxième, « {run} », a atteint {value}."),
    "best_group": (
        "By the mean of its runs “{group}” leads: {mean} ± {sd} (n = {n}).",
        "Nach dem Mittel seiner Läufe führt „{group}“: {mean} ± {sd} (n = {n}).",
        "Par la moyenne de ses runs, « {group} » est en tête : {mean} ± {sd} (n = {n})."),
    "max": ("higher is better", "höher ist besser", "plus haut est meilleur"),
    "min": ("lower is better", "niedriger ist besser", "plus bas est meilleur"),
    "not_counted": (
        "{n} of the {all} runs have no number there.", "{n} der {all} Läufe haben dort keine Zahl.",
        "{n} des {all} runs n'y ont pas de nombre."),
    "no_aim": (
        "No metric is known by which the runs could be judged.",
        "Es ist keine Metrik bekannt, nach der die Läufe beurteilt werden könnten.",
        "Aucune métrique ne permet de juger les runs."),
    "over_time": ("{metric}, run by run", "{metric}, Lauf für Lauf", "{metric}, run par run"),
    "best_so_far": ("best so far", "bisher bester", "meilleur jusqu'ici"),
    "each_run": ("a run", "ein Lauf", "un run"),
    "started": ("Started (UTC)", "Begonnen (UTC)", "Début (UTC)"),
    "differently": (
        "What the best run did differently", "Was der beste Lauf anders machte",
        "Ce que le meilleur run a fait autrement"),
    "setting": ("Setting", "Einstellung", "Réglage"),
    "the_best": ("The best run", "Der beste Lauf", "Le meilleur run"),
    "the_others": ("The others, mostly", "Die anderen meist", "Les autres, en général"),
    "shared_by": ("Shared by", "Geteilt von", "Partagé par"),
    "of": ("{n} of {all}", "{n} von {all}", "{n} sur {all}"),
    "nothing_else": ("nothing", "nichts", "rien"),
    "not_set": ("not set", "nicht gesetzt", "non défini"),
    "influence": (
        "What went along with {metric}: a hint", "Was mit {metric} einherging: ein Hinweis",
        "Ce qui accompagne {metric} : un indice"),
    "influence_note": (
        "Rank correlation (Spearman) of each setting with the metric; importance is what a "
        "forest loses of R² on held-out runs when the setting is shuffled. n is the number of "
        "runs. Chosen runs are no experiment: this says where to look, not what causes what.",
        "Rangkorrelation (Spearman) jeder Einstellung mit der Metrik; Gewicht ist, was ein Wald "
        "an R² auf zurückgehaltenen Läufen verliert, wenn die Einstellung gemischt wird. n ist "
        "die Zahl der Läufe. Ausgesuchte Läufe sind kein Experiment: dies sagt, wo man hinsehen "
        "sollte, nicht was die Ursache ist.",
        "Corrélation de rang (Spearman) de chaque réglage avec la métrique ; le poids est ce "
        "qu'une forêt perd de R² sur des runs mis de côté quand le réglage est mélangé. n est le "
        "nombre de runs. Des runs choisis ne font pas une expérience : ceci dit où regarder, pas "
        "ce qui cause quoi."),
    "correlation": ("Correlation", "Korrelation", "Corrélation"),
    "importance": ("Importance", "Gewicht", "Poids"),
    "too_few": (
        "Too few runs to say anything ({n}).", "Zu wenige Läufe für eine Aussage ({n}).",
        "Trop peu de runs pour en dire quelque chose ({n})."),
    "stamp": (
        "Made from {source} on {when} UTC. {count} runs{where}.",
        "Aus {source} am {when} UTC. {count} Läufe{where}.",
        "Fait à partir de {source} le {when} UTC. {count} runs{where}."),
    "where": (", those with {where}", ", die mit {where}", ", ceux avec {where}"),
    "source": ("Source: {source}", "Quelle: {source}", "Source : {source}"),
    "page": ("Page &P of &N", "Seite &P von &N", "Page &P sur &N"),
    "rank": ("Rank", "Rang", "Rang"),
    "configuration": ("Configuration", "Konfiguration", "Configuration"),
    "mean": ("Mean", "Mittel", "Moyenne"),
    "sd": ("Std. dev.", "Std.-Abw.", "Écart type"),
    "n": ("n", "n", "n"),
    "top_value": ("Best", "Bester", "Meilleur"),
    "top_run": ("Best run", "Bester Lauf", "Meilleur run"),
    "groups": (
        "Groups of runs by {metric}, the best mean first ({better})",
        "Gruppen von Läufen nach {metric}, das beste Mittel zuerst ({better})",
        "Groupes de runs par {metric}, la meilleure moyenne d'abord ({better})"),
    "groups_note": (
        "n is the number of runs behind a mean, the standard deviation is that of the sample "
        "(n − 1), and blank for a single run.",
        "n ist die Zahl der Läufe hinter einem Mittel, die Standardabweichung die der Stichprobe "
        "(n − 1), leer bei einem einzelnen Lauf.",
        "n est le nombre de runs derrière une moyenne, l'écart type celui de l'échantillon "
        "(n − 1), vide pour un seul run."),
    "more_groups": ("… and {n} more groups", "… und {n} weitere Gruppen", "… et {n} autres groupes"),
    "mean_chart": (
        "Mean {metric} and standard deviation", "Mittel von {metric} und Standardabweichung",
        "Moyenne de {metric} et écart type"),
    "beside": (
        "The top {n} runs side by side; what differs from the first is marked",
        "Die {n} besten Läufe nebeneinander; was vom ersten abweicht, ist markiert",
        "Les {n} meilleurs runs côte à côte ; ce qui diffère du premier est marqué"),
    "same_in_all": (
        "The same in all of them: {names}", "In allen gleich: {names}",
        "Identique dans tous : {names}"),
    "metrics": ("Results", "Ergebnisse", "Résultats"),
    "params": ("Settings", "Einstellungen", "Réglages"),
    "people": ("Review", "Beurteilung", "Avis"),
    "distribution": ("Distribution of {metric}", "Verteilung von {metric}", "Répartition de {metric}"),
    "number_of_runs": ("Number of runs", "Zahl der Läufe", "Nombre de runs"),
    "against": ("{metric} by {name}", "{metric} nach {name}", "{metric} selon {name}"),
    "mean_against": (
        "Mean {metric} by {name}", "Mittel von {metric} nach {name}",
        "Moyenne de {metric} selon {name}"),
    "curve": ("Curve: {name}", "Verlauf: {name}", "Courbe : {name}"),
    "progress": ("share of the training", "Anteil am Training", "part de l'entraînement"),
    "thinned": ("every {n}th run", "jeder {n}. Lauf", "un run sur {n}"),
    "charts_of": (
        "Charts of {count} runs", "Diagramme von {count} Läufen", "Graphiques de {count} runs"),
    "all_runs": (
        "All {count} runs, people's columns included", "Alle {count} Läufe, mit den Spalten von Menschen",
        "Les {count} runs, colonnes des personnes comprises"),
    "column": ("Column", "Spalte", "Colonne"),
    "key": ("Key", "Schlüssel", "Clé"),
    "meaning": ("Meaning", "Bedeutung", "Signification"),
    "unit": ("Unit", "Einheit", "Unité"),
    "goal": ("Better", "Besser", "Mieux"),
    "filled": ("Filled", "Gefüllt", "Remplie"),
    "range": ("Values", "Werte", "Valeurs"),
    "is_max": ("higher", "höher", "plus haut"),
    "is_min": ("lower", "niedriger", "plus bas"),
    "what_each": (
        "What each column of the page “{runs}” means",
        "Was jede Spalte der Seite „{runs}“ bedeutet",
        "Ce que signifie chaque colonne de la page « {runs} »"),
    "m_run": ("about the run itself", "über den Lauf selbst", "sur le run lui-même"),
    "m_params": ("a setting: what went in", "eine Einstellung: was hineinging",
                 "un réglage : ce qui est entré"),
    "m_metrics": ("a result: what came out", "ein Ergebnis: was herauskam",
                  "un résultat : ce qui est sorti"),
    "m_curves": ("how a result went while the run trained", "wie ein Ergebnis beim Training verlief",
                 "l'évolution d'un résultat pendant l'entraînement"),
    "m_artifacts": ("a file that belongs to the run", "eine Datei, die zum Lauf gehört",
                    "un fichier qui appartient au run"),
    "m_data": ("which data the run used", "welche Daten der Lauf benutzte",
               "les données que le run a utilisées"),
    "m_git": ("the state of the code", "der Stand des Codes", "l'état du code"),
    "m_env": ("the software around the run", "die Software um den Lauf",
              "les logiciels autour du run"),
    "m_hardware": ("the computer that it ran on", "der Rechner, auf dem er lief",
                   "la machine sur laquelle il a tourné"),
    "m_notebook": ("the notebook that it was logged from", "das Notebook, aus dem er stammt",
                   "le notebook d'où il vient"),
    "m_people": ("written by people", "von Menschen geschrieben", "écrit par des personnes"),
    "m_formula": ("calculated in the sheet", "in der Tabelle berechnet",
                  "calculé dans la feuille"),
    "others": ("{n} others", "{n} weitere", "{n} autres"),
    "to": ("{low} to {high}, median {median}", "{low} bis {high}, Median {median}",
           "{low} à {high}, médiane {median}"),
}
# fmt: on


def words(language: str) -> Say:
    """Return what gives the phrases of a language."""
    at = LANGUAGES.index(language)

    def say(name: str, /, **values: object) -> str:
        return _PHRASES[name][at].format(**values) if values else _PHRASES[name][at]

    return say
