# One image for web, worker, trainer and beat; the command decides. EXTRAS="" leaves embedding and training out.
FROM python:3.13-slim-bookworm

RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --uid 10001 winnow \
    && install -d -o winnow -g winnow -m 700 /state

WORKDIR /app
COPY pyproject.toml constraints.txt ./
# TORCH=cpu keeps CUDA out of the image; TORCH=auto takes the build for the GPU of the building machine.
ARG EXTRAS="embed quality train"
ARG TORCH=cpu
RUN pip install --no-cache-dir "uv>=0.9,<1" \
    && uv pip install --system --no-cache --torch-backend "$TORCH" -c constraints.txt -r pyproject.toml \
       $(for extra in $EXTRAS; do printf -- '--extra %s ' "$extra"; done)

COPY . .
ENV PYTHONUNBUFFERED=1 HF_HUB_OFFLINE=1 TOKENIZERS_PARALLELISM=false \
    DJANGO_SETTINGS_MODULE=config.settings.prod WINNOW_STATE_DIR=/state
USER winnow
VOLUME /state
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "8", \
     "--no-ws", "--respawn-failed-workers", "config.wsgi:application"]
