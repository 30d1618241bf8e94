"""The history of dry runs: what each gave in counts, and keyed hashes of its rows; no value of a record.

    with open_history(history_folder(settings.history)) as history:   # annexa.history.store
        run = history.find("last")                            # or "previous", or a run's number such as "12"
        rows = history.rows(run)                              # None where its keys are gone (another secret)

- `history_folder(settings: HistorySettings) -> Path`, in annexa.history.store: `folder` under [history] of annexa.toml,
  else a folder in the user's data folder.
- `open_history(folder: Path) -> History`: a context manager; UsageError where there is no history yet (commands that
  only read), SourceError where the file is corrupt or of a newer version.
- `History.find(name: str) -> Run`: `last` is the newest run that was done (flagged or not), `previous` the one done
  before it. UsageError where there is no such run.
- `History.runs() -> list[Run]`: all runs, oldest first.
- `Run` (annexa.history.model): number: int, created: datetime (UTC), day: date (where it ran), state: "running",
  "done", "cut short" or "failed", flagged: bool, accepted: bool, good: bool (done, and not flagged or accepted),
  output: Path (its folder, which may be gone by now or hold a later run), manifest: Manifest | None (None unless done,
  and where it cannot be read), seconds: dict[stage, float].
- `History.rows(run: Run) -> pl.DataFrame | None`: list (Int64), child_key, row_key, row_hash (Binary, 16 bytes each),
  ordered by list and row_key. Of two runs the same row_key is the same row of a list, the same row_hash the same cells;
  the same child_key is the same child on every list. None where the run was made with another secret.
"""
