# docker build -t winnow . && docker run -p 8501:8501 -v winnow:/data winnow
FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    NUMBA_CACHE_DIR=/data/.numba \
    HOME=/data \
    WINNOW_WORKSPACES=/data/workspaces \
    WINNOW_FOLDERS=/data/inbox

WORKDIR /app
# Requirements alone first: the code changes often, the packages seldom.
COPY requirements.txt ./
RUN pip install -r requirements.txt

COPY app.py pyproject.toml LICENSE README.md ./
COPY .streamlit ./.streamlit
COPY pages ./pages
COPY selection ./selection

# The code stays root's, so that the app cannot change itself; all it writes lies under /data.
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin winnow \
    && mkdir -p /data/workspaces /data/inbox \
    && chown -R winnow:winnow /data
USER winnow
VOLUME /data

EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]

CMD ["streamlit", "run", "app.py", "--server.headless=true", "--server.address=0.0.0.0", "--server.port=8501"]
