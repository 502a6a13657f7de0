"""One command to Cloud Run, `make deploy`: it needs Python and gcloud, and no package."""
