FROM python:3.12-slim AS packages
COPY requirements.txt .
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps -r requirements.txt \
    && /venv/bin/pip uninstall --yes --quiet pip

FROM python:3.12-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    FLASK_APP=main:application \
    PORT=8080 \
    DATABASE_PATH=/data/gatehouse.sqlite3
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin gatehouse \
    && install --directory --owner=gatehouse --mode=0700 /data
WORKDIR /srv
COPY --from=packages /venv /venv
COPY main.py ./
COPY app ./app
RUN python -m compileall -q main.py app
USER gatehouse
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/health', timeout=4)"]
# One process with threads; in this form SIGTERM reaches it, and it drains.
CMD ["python", "main.py"]
