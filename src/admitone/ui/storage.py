from django.contrib.staticfiles.storage import StaticFilesStorage as BundleStorage

__all__ = ["BundleStorage"]
