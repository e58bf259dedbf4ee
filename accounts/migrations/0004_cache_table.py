from django.db import migrations


class Migration(migrations.Migration):
    """The cache that holds the limits on sign-in, as Django's own `createcachetable` makes it."""

    dependencies = [("accounts", "0003_email_lower_case")]

    operations = [
        migrations.RunSQL(
            sql="""
                CREATE TABLE cache (
                    cache_key varchar(255) PRIMARY KEY,
                    value text NOT NULL,
                    expires timestamp with time zone NOT NULL
                );
                CREATE INDEX cache_expires ON cache (expires);
            """,
            reverse_sql="DROP TABLE cache",
        )
    ]
