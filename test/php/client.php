<?php
// API v1 called as its newer document shows it to PHP programmers: curl_init, CURLOPT_URL, and for each method the one
// way of sending parameters that the examples have.

function perform($ch)
{
    curl_setopt($ch, CURLOPT_RETURNTRANSFER, true);
    $curl_response = curl_exec($ch);
    if ($curl_response === false) {
        $info = curl_error($ch);
        curl_close($ch);
        die('error occurred during curl exec. Additional info: ' . var_export($info, true));
    }
    $status = curl_getinfo($ch, CURLINFO_HTTP_CODE);
    curl_close($ch);
    $decoded = json_decode($curl_response, true);
    if (!isset($decoded['response'])) {
        die("no response in: $curl_response");
    }
    return array('status' => $status, 'response' => $decoded['response']);
}

/** The examples begin the query with an empty pair, and put the key last. */
function get($url, $query = array())
{
    $ch = curl_init();
    $query = $query === array() ? '' : '&' . http_build_query($query);
    curl_setopt($ch, CURLOPT_URL, BASE . "$url?$query&apikey=" . KEY);
    return perform($ch);
}

/** An array as CURLOPT_POSTFIELDS: PHP sends multipart/form-data. */
function post($url, $curl_post_data, $headers = array())
{
    $ch = curl_init();
    curl_setopt($ch, CURLOPT_URL, BASE . $url);
    curl_setopt($ch, CURLOPT_POST, true);
    curl_setopt($ch, CURLOPT_POSTFIELDS, array('apikey' => KEY) + $curl_post_data);
    curl_setopt($ch, CURLOPT_HTTPHEADER, $headers);
    return perform($ch);
}

/** PUT and DELETE: a custom request with an urlencoded body. */
function custom($method, $url, $curl_data, $headers = array())
{
    $ch = curl_init();
    curl_setopt($ch, CURLOPT_URL, BASE . $url);
    curl_setopt($ch, CURLOPT_CUSTOMREQUEST, $method);
    curl_setopt($ch, CURLOPT_POSTFIELDS, http_build_query(array('apikey' => KEY) + $curl_data));
    curl_setopt($ch, CURLOPT_HTTPHEADER, $headers);
    return perform($ch);
}

define('BASE', $argv[1] . '/api');
define('KEY', $argv[2]);
$world = json_decode($argv[3], true);
