using Amazon.Runtime;
using Amazon.S3;

namespace RotationMesh.TestKit.S3;

/// <summary>The S3-compatible server that tests share, each with a bucket of its own.</summary>
public sealed record S3Server(string Url, string AccessKeyId, string SecretAccessKey)
{
    private const string Variable = "ROTATIONMESH_TEST_S3";

    /// <summary>The given one. Where there is none the test is ignored, or fails in CI.</summary>
    public static S3Server Shared() =>
        Missing.Variable(Variable) is { } url
        && Missing.Variable($"{Variable}_ACCESS_KEY_ID") is { } id
        && Missing.Variable($"{Variable}_SECRET_ACCESS_KEY") is { } secret
            ? new S3Server(url, id, secret)
            : throw Missing.Tell(
                $"no S3 for the tests: set {Variable}, {Variable}_ACCESS_KEY_ID and {Variable}_SECRET_ACCESS_KEY, "
                    + "after infra/services.sh start s3"
            );

    /// <summary>A client for looking from outside the program; the caller's to dispose of.</summary>
    public AmazonS3Client Client() =>
        new(
            new BasicAWSCredentials(AccessKeyId, SecretAccessKey),
            new AmazonS3Config
            {
                ServiceURL = Url,
                ForcePathStyle = true,
                AuthenticationRegion = "us-east-1",
                RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
                ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            }
        );
}
